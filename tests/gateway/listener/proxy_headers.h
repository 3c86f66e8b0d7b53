// Valid and invalid PROXY protocol headers.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_LISTENER_PROXY_HEADERS_H_
#define DRAWBRIDGE_TESTS_GATEWAY_LISTENER_PROXY_HEADERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace drawbridge {

// The bytes of a header of version 2.
struct ProxyV2 {
  uint8_t command = 0x21;                          // version and command
  uint8_t family = 0x11;                           // address family and transport
  std::string body;                                // addresses and TLVs
  std::optional<size_t> announced = std::nullopt;  // the length field, if it differs from the body

  std::string Bytes() const {
    const size_t length = announced.value_or(body.size());
    std::string bytes("\r\n\r\n\0\r\nQUIT\n", 12);
    bytes += static_cast<char>(command);
    bytes += static_cast<char>(family);
    bytes += static_cast<char>(length >> 8);
    bytes += static_cast<char>(length);
    return bytes + body;
  }
};

// 192.0.2.1:4711 to 192.0.2.2:8080.
inline std::string Inet() { return {"\xc0\x00\x02\x01\xc0\x00\x02\x02\x12\x67\x1f\x90", 12}; }
// [2001:db8::1]:4711 to [2001:db8::2]:8080.
inline std::string Inet6() {
  const std::string prefix("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0", 15);
  return prefix + '\x01' + prefix + '\x02' + "\x12\x67\x1f\x90";
}

// A TLV vector with a length of at most 255.
inline std::string Tlv(uint8_t type, const std::string& value) {
  return std::string({static_cast<char>(type), '\0', static_cast<char>(value.size())}) + value;
}
// PP2_TYPE_SSL with the TLS version inside. `client` holds its flags, of which 1 is PP2_CLIENT_SSL.
inline std::string SslTlv(uint8_t client) {
  return Tlv(0x20, static_cast<char>(client) + std::string(4, '\0') + Tlv(0x21, "TLSv1.3"));
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_LISTENER_PROXY_HEADERS_H_
