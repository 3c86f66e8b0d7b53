#include "gateway/listener/handshake.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <cstdint>
#include <limits>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/base/utf8.h"
#include "gateway/base/version.h"

namespace drawbridge {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Header = http::header<true, http::fields>;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// Section 1.3: the SHA-1 of the client's key and a fixed word, in base 64.
std::string AcceptOf(std::string_view key) {
  static const EVP_MD* const sha1 =
      EVP_MD_fetch(nullptr, "SHA1", nullptr);  // once: fetching is the dear part
  const std::string text = std::string(key).append("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, sha1, nullptr);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> base64;
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
  return {base64.begin(), base64.begin() + length};
}

// Section 4.1: 16 bytes in base 64.
bool IsKey(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==") || key.find('=') != 22) return false;
  std::array<unsigned char, 24> decoded;
  return EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()), 24) == 18;
}

// What is shown of a header that the client chose: valid UTF-8 of bounded length.
std::string Kept(std::string_view value) {
  value = value.substr(0, kMaxKeptHeaderValue);
  if (IsUtf8(value)) return std::string(value);
  std::string ascii(value);
  for (char& c : ascii) {
    if ((c & 0x80) != 0) c = '?';
  }
  return ascii;
}

HttpAnswer UpgradeRequired(std::string text) {
  return {426, std::move(text), "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"};
}

struct Target {
  std::string_view path;
  std::string_view authority;  // empty: the Host header tells
};

// A path with or without a query, or an absolute HTTP URI with one (section 4.2.1, point 1).
std::optional<Target> ParseTarget(std::string_view text) {
  Target target;
  if (!text.starts_with('/')) {
    const size_t colon = std::min(text.find("://"), text.size());
    const std::string scheme = ToLower(text.substr(0, colon));
    if (scheme != "http" && scheme != "https") return std::nullopt;
    text.remove_prefix(std::min(colon + 3, text.size()));
    target.authority = text.substr(0, text.find_first_of("/?#"));
    if (target.authority.empty()) return std::nullopt;
    text.remove_prefix(target.authority.size());
  }
  target.path = text.substr(0, text.find_first_of("?#"));
  if (target.path.empty()) target.path = "/";
  return target;
}

// All lines of a header, joined by commas: a list may be spread over several.
std::string Joined(const Header& header, beast::string_view name) {
  std::string joined;
  const auto [begin, end] = header.equal_range(name);
  for (auto line = begin; line != end; ++line) {
    if (line != begin) joined += ',';
    joined += View(line->value());
  }
  return joined;
}

bool HasToken(const Header& header, beast::string_view name, beast::string_view token) {
  const std::string list = Joined(header, name);
  return http::token_list(list).exists(token);
}

std::string FirstToken(const std::string& list) {
  const http::token_list tokens(list);
  return tokens.begin() == tokens.end() ? std::string() : std::string(View(*tokens.begin()));
}

bool HasBody(const Header& header) {
  const auto length = View(header[http::field::content_length]);
  return header.count(http::field::transfer_encoding) != 0 || (!length.empty() && length != "0");
}

Verdict Judge(const Header& header) {
  if (header.method() != http::verb::get) {
    return HttpAnswer{405, fmt::format("method {} not allowed: use GET", Kept(View(header.method_string()))),
                      "Allow: GET\r\n"};
  }
  if (header.version() != 11) return HttpAnswer{400, "HTTP/1.1 is required"};
  if (header.count(http::field::host) != 1) return HttpAnswer{400, "exactly one Host header is required"};
  if (HasBody(header)) return HttpAnswer{400, "a GET request with a body is not served"};

  const auto target = ParseTarget(View(header.target()));
  if (!target.has_value()) return HttpAnswer{400, "the target is neither a path nor an HTTP URI"};
  if (!HasToken(header, "Upgrade", "websocket")) {
    if (target->path == "/") {
      return HttpAnswer{
          200, fmt::format("Drawbridge {}, a WebSocket gateway: connect with a WebSocket client", kVersion)};
    }
    return UpgradeRequired("this is a WebSocket endpoint: upgrade required");
  }
  if (!HasToken(header, "Connection", "upgrade"))
    return HttpAnswer{400, "Upgrade without Connection: Upgrade"};
  if (header.count(http::field::sec_websocket_version) > 1) {
    return HttpAnswer{400, "more than one Sec-WebSocket-Version header"};
  }
  if (const auto version = View(header[http::field::sec_websocket_version]); version != "13") {
    return UpgradeRequired(fmt::format("Sec-WebSocket-Version is \"{}\": 13 is required", Kept(version)));
  }
  const auto key = View(header[http::field::sec_websocket_key]);
  if (header.count(http::field::sec_websocket_key) != 1 || !IsKey(key)) {
    return HttpAnswer{400, "Sec-WebSocket-Key is not 16 bytes in base 64"};
  }
  if (header.count(http::field::origin) > 1) return HttpAnswer{400, "more than one Origin header"};
  auto extensions = ParseExtensions(Joined(header, "Sec-WebSocket-Extensions"));
  // Section 9.1: whatever they are, malformed ones fail the connection.
  if (!extensions.has_value()) return HttpAnswer{400, "malformed Sec-WebSocket-Extensions"};
  const auto host = target->authority.empty() ? View(header[http::field::host]) : target->authority;
  UpgradeRequest request{.path = Kept(target->path),
                         .accept = AcceptOf(key),
                         .subprotocol = FirstToken(Joined(header, "Sec-WebSocket-Protocol")),
                         .user_agent = Kept(View(header[http::field::user_agent])),
                         .origin = Kept(View(header[http::field::origin])),
                         .host = Kept(host),
                         .extensions = *std::move(extensions),
                         .forwarding = {Joined(header, "Forwarded"), Joined(header, "X-Forwarded-For")}};
  if (request.subprotocol.size() > kMaxKeptHeaderValue)
    return HttpAnswer{400, "Sec-WebSocket-Protocol is too long"};
  return request;
}

std::string_view ReasonOf(int status) {
  return View(http::obsolete_reason(static_cast<http::status>(status)));
}

}  // namespace

struct RequestReader::Parser : http::request_parser<http::empty_body> {};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {
  // Its own count depends on the pieces in which the header arrives.
  parser_->header_limit(std::numeric_limits<uint32_t>::max());
  parser_->eager(false);
}

RequestReader::~RequestReader() = default;

std::optional<Verdict> RequestReader::Feed(std::span<char> bytes) {
  const size_t before = partial_.size();
  const std::span<char> header = bytes.first(std::min(bytes.size(), kMaxHeaderBytes - received_));
  received_ += header.size();
  std::string_view input{header.data(), header.size()};
  if (before != 0) input = partial_.append(input);

  boost::system::error_code error;
  const size_t used = parser_->put(boost::asio::const_buffer(input.data(), input.size()), error);
  if (error && error != http::error::need_more) {
    return HttpAnswer{400, fmt::format("malformed HTTP request: {}", error.message())};
  }
  if (!parser_->is_header_done()) {
    if (received_ == kMaxHeaderBytes) {
      return HttpAnswer{431, fmt::format("the request header is over {} bytes", kMaxHeaderBytes)};
    }
    partial_ = std::string(input.substr(used));
    return std::nullopt;
  }
  rest_ = bytes.subspan(used - before);
  return Judge(parser_->get().base());
}

std::string SwitchingProtocols(const UpgradeRequest& request, std::string_view connection_id,
                               std::string_view extensions) {
  std::string agreed;
  if (!request.subprotocol.empty())
    agreed += fmt::format("Sec-WebSocket-Protocol: {}\r\n", request.subprotocol);
  if (!extensions.empty()) agreed += fmt::format("Sec-WebSocket-Extensions: {}\r\n", extensions);
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n"
      "{}"
      "X-Connection-Id: {}\r\n"
      "\r\n",
      request.accept, agreed, connection_id);
}

std::string Serialize(const HttpAnswer& answer) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Connection: close\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "{}"
      "Content-Length: {}\r\n"
      "\r\n"
      "{}\n",
      answer.status, ReasonOf(answer.status), answer.headers, answer.text.size() + 1, answer.text);
}

}  // namespace drawbridge
