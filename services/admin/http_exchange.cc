#include "services/admin/http_exchange.h"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <optional>
#include <utility>

#include "gateway/base/http_date.h"
#include "gateway/listener/authority.h"
#include "gateway/listener/request_target.h"

namespace drawbridge {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// The refusal of a request that is invalid for every page; nullopt: it is valid.
std::optional<HttpReply> Fault(const http::request_header<>& header) {
  const auto length = View(header[http::field::content_length]);
  if (header.count(http::field::transfer_encoding) != 0 || (!length.empty() && length != "0")) {
    return RefusalOf(400, "a request with a body is not served");
  }
  const size_t hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() >= 11)) {
    return RefusalOf(400, "exactly one Host header is required");
  }
  if (!ParseAuthority(View(header[http::field::host])).has_value()) {
    return RefusalOf(400, "the Host header is not a host name or an IP address, with or without a port");
  }
  return std::nullopt;
}

Page PageOf(std::string_view target, const Pages& pages) {
  const auto parsed = ParseRequestTarget(target);
  const auto page = parsed.has_value() ? pages.find(parsed->path) : pages.end();
  if (page != pages.end()) return page->second();
  std::string known;
  for (const auto& each : pages) known += " " + each.first;
  return {404, fmt::format("not found; the pages are:{}\n", known)};
}

HttpReply ReplyToOptions(std::string_view target, const Pages& pages) {
  // "*" asks about the server as a whole (RFC 9110, section 9.3.7).
  HttpReply reply{.page = target == "*" ? Page() : PageOf(target, pages), .allow = true};
  reply.page.body.clear();
  return reply;
}

}  // namespace

HttpReply RefusalOf(unsigned status, std::string_view text) {
  return {.page = {status, fmt::format("{}\n", text)}};
}

HttpReply ReplyTo(const http::request_header<>& header, bool keep_alive, const Pages& pages) {
  const bool is_head = header.method() == http::verb::head;
  const auto target = View(header.target());
  HttpReply reply;
  if (auto fault = Fault(header)) {
    // The end of this request is unknown, so the connection cannot carry another one.
    reply = *std::move(fault);
    keep_alive = false;
  } else if (header.method() == http::verb::get || is_head) {
    reply.page = PageOf(target, pages);
  } else if (header.method() == http::verb::options) {
    reply = ReplyToOptions(target, pages);
  } else {
    reply = RefusalOf(405, "only GET, HEAD and OPTIONS are allowed");
    reply.allow = true;
  }
  reply.keep_alive = keep_alive;
  reply.with_body = !is_head;
  return reply;
}

std::string Serialize(const HttpReply& reply, WallTime now) {
  const auto phrase = http::obsolete_reason(static_cast<http::status>(reply.page.status));
  return fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Date: {}\r\n"
      "Connection: {}\r\n"
      "Content-Type: {}\r\n"
      "{}"
      "Content-Length: {}\r\n"
      "\r\n"
      "{}",
      reply.page.status, View(phrase), HttpDate(now), reply.keep_alive ? "keep-alive" : "close",
      reply.page.content_type, reply.allow ? "Allow: GET, HEAD, OPTIONS\r\n" : "", reply.page.body.size(),
      reply.with_body ? reply.page.body : "");
}

}  // namespace drawbridge
