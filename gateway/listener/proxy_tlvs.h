// The type-length-value fields (TLVs) after the addresses in a PROXY protocol header of version 2.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_PROXY_TLVS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_PROXY_TLVS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace drawbridge {

// Parses the TLVs of section 2.2 from pieces of any size. Keeps only the values that it reports. Not
// thread-safe.
class ProxyTlvs {
 public:
  void Feed(std::string_view bytes);

  // Whether the client connected to the proxy by TLS: PP2_CLIENT_SSL in a TLV PP2_TYPE_SSL (section 2.2.6).
  bool client_ssl() const { return client_ssl_; }

 private:
  static constexpr size_t kHead = 3;  // type and length

  std::array<uint8_t, kHead> head_{};
  size_t head_size_ = 0;
  size_t value_left_ = 0;
  bool value_begun_ = false;
  bool client_ssl_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_PROXY_TLVS_H_
