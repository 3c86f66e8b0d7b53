#include "gateway/listener/handshake.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/base/utf8.h"
#include "gateway/base/version.h"
#include "gateway/connections/connection_info.h"
#include "gateway/listener/authority.h"
#include "gateway/listener/request_target.h"
#include "gateway/listener/token_list.h"

namespace drawbridge {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Header = http::request_header<>;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// Section 1.3: the SHA-1 of the client's key and a fixed GUID, in base64.
std::string AcceptOf(std::string_view key) {
  static const EVP_MD* const sha1 =
      EVP_MD_fetch(nullptr, "SHA1", nullptr);  // once: fetching is the expensive part
  const std::string text = std::string(key).append("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, sha1, nullptr);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> base64;
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
  return {base64.begin(), base64.begin() + length};
}

// Section 4.1: 16 bytes in base64.
bool IsKey(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==") || key.find('=') != 22) return false;
  std::array<unsigned char, 24> decoded;
  return EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()), 24) == 18;
}

// Truncates a text from the client to valid UTF-8 of at most kMaxKeptText bytes, between two characters.
// Replaces each byte that is not UTF-8 by '?'. Adds `flag` to `cut_texts` if it truncates.
std::string Kept(std::string_view value, uint8_t flag, uint8_t* cut_texts) {
  std::string kept;
  while (!value.empty()) {
    const auto character = FirstUtf8Character(value);
    const size_t size = character.has_value() ? character->size : 1;
    if (kept.size() + size > kMaxKeptText) {
      *cut_texts |= flag;
      break;
    }
    kept += character.has_value() ? value.substr(0, size) : "?";
    value.remove_prefix(size);
  }
  return kept;
}

std::string Kept(std::string_view value) {
  uint8_t ignored = 0;
  return Kept(value, 0, &ignored);
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

bool HasBody(const Header& header) {
  const auto length = View(header[http::field::content_length]);
  return header.count(http::field::transfer_encoding) != 0 || (!length.empty() && length != "0");
}

HttpAnswer NotAllowed(const Header& header, std::string_view use, std::string_view allow) {
  return {405, fmt::format("method {} not allowed: use {}", Kept(View(header.method_string())), use),
          fmt::format("Allow: {}\r\n", allow)};
}

// What is wrong with the Host header; nullopt: nothing.
std::optional<HttpAnswer> HostFault(const Header& header) {
  // RFC 9112, section 3.2; HTTP/1.0 has no Host header.
  const size_t hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() >= 11)) {
    return HttpAnswer{400, "exactly one Host header is required"};
  }
  // It may be empty: the gateway is then the default host, as RFC 9112, section 3.3, allows.
  if (!ParseAuthority(View(header[http::field::host])).has_value()) {
    return HttpAnswer{400, "the Host header is not a host name or an IP address, with or without a port"};
  }
  return std::nullopt;
}

// What is wrong with the request as HTTP, for all paths but kRenewalPath; nullopt: nothing.
std::optional<HttpAnswer> HttpFault(const Header& header) {
  if (header.method() != http::verb::get && header.method() != http::verb::head)
    return NotAllowed(header, "GET", "GET, HEAD");
  if (auto fault = HostFault(header)) return fault;
  if (HasBody(header)) return HttpAnswer{400, "a GET request with a body is not served"};
  return std::nullopt;
}

std::string HostOf(const Header& header, const RequestTarget& target) {
  return Kept(target.authority.empty() ? View(header[http::field::host]) : target.authority);
}

ForwardingHeaders ForwardingOf(const Header& header) {
  return {.forwarded = Joined(header, "Forwarded"),
          .x_forwarded_for = Joined(header, "X-Forwarded-For"),
          .x_forwarded_proto = Joined(header, "X-Forwarded-Proto")};
}

bool IsJson(std::string_view content_type) {
  return ToLower(Split(content_type, ';').front()) == "application/json";
}

// What is wrong with a renewal; nullopt: nothing. Sets `body_bytes`.
std::optional<HttpAnswer> RenewalFault(const Header& header, size_t* body_bytes) {
  if (header.method() != http::verb::post) return NotAllowed(header, "POST", "POST, OPTIONS");
  if (header.count(http::field::transfer_encoding) != 0)
    return HttpAnswer{411, "a body must come with Content-Length, without Transfer-Encoding"};
  const auto length = View(header[http::field::content_length]);
  if (length.empty()) return std::nullopt;  // no body (RFC 9112, section 6.3)
  const auto bytes = ParseNumber<uint64_t>(length);
  if (!bytes.has_value() || *bytes > kMaxRenewalBytes)
    return HttpAnswer{413, fmt::format("the body is over {} bytes", kMaxRenewalBytes)};
  if (*bytes != 0 && !IsJson(View(header[http::field::content_type])))
    return HttpAnswer{415, "the Content-Type of the body is not application/json",
                      "Accept: application/json\r\n"};
  *body_bytes = *bytes;
  return std::nullopt;
}

Verdict JudgeRenewal(const Header& header, const RequestTarget& target) {
  if (auto fault = HostFault(header)) return *std::move(fault);
  if (header.count(http::field::origin) > 1) return HttpAnswer{400, "more than one Origin header"};
  RenewalRequest request;
  request.is_preflight = header.method() == http::verb::options;
  if (!request.is_preflight) request.fault = RenewalFault(header, &request.body_bytes);
  request.awaits_continue = ToLower(View(header[http::field::expect])) == "100-continue";
  request.origin = Kept(View(header[http::field::origin]));
  request.host = HostOf(header, target);
  request.forwarding = ForwardingOf(header);
  return request;
}

// The answer to a request that does not ask for an upgrade to WebSocket.
HttpAnswer Page(const RequestTarget& target) {
  if (target.path != "/") return UpgradeRequired("this is a WebSocket endpoint: upgrade required");
  return {200, fmt::format("Drawbridge {}, a WebSocket gateway: connect with a WebSocket client", kVersion)};
}

// What is wrong with the headers of the upgrade; nullopt: nothing.
std::optional<HttpAnswer> WebSocketFault(const Header& header) {
  const std::string connection = Joined(header, "Connection");
  const auto options = ParseTokenList(connection);
  if (!options.has_value() || !HasElement(*options, "upgrade")) {
    return HttpAnswer{400, "Upgrade without Connection: Upgrade"};
  }
  if (header.count(http::field::sec_websocket_version) > 1) {
    return HttpAnswer{400, "more than one Sec-WebSocket-Version header"};
  }
  if (const auto version = View(header[http::field::sec_websocket_version]); version != "13") {
    return UpgradeRequired(fmt::format("Sec-WebSocket-Version is \"{}\": 13 is required", Kept(version)));
  }
  const size_t keys = header.count(http::field::sec_websocket_key);
  if (keys == 0) return HttpAnswer{400, "Sec-WebSocket-Key is missing"};
  if (keys > 1 || !IsKey(View(header[http::field::sec_websocket_key]))) {
    return HttpAnswer{400, "Sec-WebSocket-Key is not 16 bytes in base 64"};
  }
  if (header.count(http::field::origin) > 1) return HttpAnswer{400, "more than one Origin header"};
  return std::nullopt;
}

Verdict JudgeUpgrade(const Header& header, const RequestTarget& target) {
  if (auto fault = WebSocketFault(header)) return *std::move(fault);
  // 1#token (section 4.3). An empty header offers nothing: tcllib's client sends one.
  const std::string offer = Joined(header, "Sec-WebSocket-Protocol");
  const auto subprotocols = ParseTokenList(offer);
  if (!subprotocols.has_value()) return HttpAnswer{400, "malformed Sec-WebSocket-Protocol"};
  auto extensions = ParseExtensions(Joined(header, "Sec-WebSocket-Extensions"));
  // Section 9.1: malformed extensions fail the connection, whichever they are.
  if (!extensions.has_value()) return HttpAnswer{400, "malformed Sec-WebSocket-Extensions"};
  UpgradeRequest request{.accept = AcceptOf(View(header[http::field::sec_websocket_key])),
                         .subprotocols = {subprotocols->begin(), subprotocols->end()},
                         .host = HostOf(header, target),
                         .extensions = *std::move(extensions),
                         .forwarding = ForwardingOf(header)};
  request.path = Kept(target.path, kCutPath, &request.cut_texts);
  request.user_agent = Kept(View(header[http::field::user_agent]), kCutUserAgent, &request.cut_texts);
  request.origin = Kept(View(header[http::field::origin]), kCutOrigin, &request.cut_texts);
  return request;
}

}  // namespace

Verdict Judge(const Header& header) {
  const auto target = ParseRequestTarget(View(header.target()));
  if (target.has_value() && target->path == kRenewalPath) return JudgeRenewal(header, *target);
  if (auto fault = HttpFault(header)) return *std::move(fault);
  if (!target.has_value()) {
    return HttpAnswer{400, "the target is neither a path nor an HTTP URI of ASCII characters, without #"};
  }
  const std::string upgrade = Joined(header, "Upgrade");
  const auto protocols = ParseProtocolList(upgrade);
  if (!protocols.has_value()) return HttpAnswer{400, "malformed Upgrade header"};
  if (header.method() == http::verb::head || !HasElement(*protocols, "websocket")) return Page(*target);
  // RFC 9110, section 7.8: the Upgrade header of an HTTP/1.0 request is ignored.
  if (header.version() < 11)
    return UpgradeRequired("WebSocket requires HTTP/1.1: this request uses HTTP/1.0");
  return JudgeUpgrade(header, *target);
}

}  // namespace drawbridge
