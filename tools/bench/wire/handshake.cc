// A head has a few hundred bytes and is parsed once per connection, so plain searches are fast enough.
#include "tools/bench/wire/handshake.h"

#include <strings.h>

#include <cstdint>

#include "tools/bench/wire/sha1.h"

namespace drawbridge::bench {
namespace {

std::string Base64(const Sha1Digest& digest) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < digest.size(); i += 3) {
    const size_t left = digest.size() - i;
    const uint32_t bits =
        digest[i] << 16 | (left > 1 ? digest[i + 1] << 8 : 0) | (left > 2 ? digest[i + 2] : 0);
    out += kAlphabet[bits >> 18 & 63];
    out += kAlphabet[bits >> 12 & 63];
    out += left > 1 ? kAlphabet[bits >> 6 & 63] : '=';
    out += left > 2 ? kAlphabet[bits & 63] : '=';
  }
  return out;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string AcceptKey(std::string_view key) {
  return Base64(Sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

std::string_view HeaderValue(std::string_view head, std::string_view name) {
  for (size_t line = head.find("\r\n"); line != head.npos; line = head.find("\r\n", line)) {
    line += 2;
    if (head.size() < line + name.size() + 1) break;
    if (head[line + name.size()] != ':') continue;
    if (strncasecmp(head.data() + line, name.data(), name.size()) != 0) continue;
    const size_t begin = line + name.size() + 1;
    return Trim(head.substr(begin, head.find("\r\n", begin) - begin));
  }
  return {};
}

std::string UpgradeRequest(std::string_view host, std::string_view path, std::string_view key) {
  std::string out = "GET ";
  out.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  out.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ").append(key);
  out.append("\r\nSec-WebSocket-Version: 13\r\n\r\n");
  return out;
}

std::string UpgradeResponse(std::string_view key) {
  std::string out =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  return out.append(AcceptKey(key)).append("\r\n\r\n");
}

}  // namespace drawbridge::bench
