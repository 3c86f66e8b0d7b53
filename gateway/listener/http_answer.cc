#include "gateway/listener/http_answer.h"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <utility>

#include "gateway/base/http_date.h"

namespace drawbridge {
namespace {

constexpr int kUpgradeRequired = 426;

std::string_view PhraseOf(int status) {
  const auto phrase = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {phrase.data(), phrase.size()};
}

}  // namespace

HttpAnswer UpgradeRequired(std::string text) {
  return {kUpgradeRequired, std::move(text), "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"};
}

std::string Serialize(const HttpAnswer& answer, WallTime now, bool to_head) {
  const bool has_content = answer.status != 204;
  return fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Date: {}\r\n"
      "Connection: {}\r\n"
      "{}{}{}"
      "\r\n"
      "{}{}",
      answer.status, PhraseOf(answer.status), HttpDate(now),
      // A sender of Upgrade also lists it in Connection (RFC 9110, section 7.8).
      answer.status == kUpgradeRequired ? "Upgrade, close" : "close",
      has_content ? fmt::format("Content-Type: {}\r\n", answer.content_type) : "", answer.headers,
      has_content ? fmt::format("Content-Length: {}\r\n", answer.text.size() + 1) : "",
      to_head || !has_content ? "" : answer.text, to_head || !has_content ? "" : "\n");
}

std::string SwitchingProtocols(const Agreement& agreement, WallTime now) {
  const auto line = [](std::string_view name, std::string_view value) {
    return value.empty() ? std::string() : fmt::format("{}: {}\r\n", name, value);
  };
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Date: {}\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n"
      "{}{}"
      "{}"
      "\r\n",
      HttpDate(now), agreement.accept, line("Sec-WebSocket-Protocol", agreement.subprotocol),
      line("Sec-WebSocket-Extensions", agreement.extensions),
      line("X-Connection-Id", agreement.connection_id));
}

}  // namespace drawbridge
