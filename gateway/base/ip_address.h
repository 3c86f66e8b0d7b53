// IP addresses without a port, and networks.
#ifndef DRAWBRIDGE_GATEWAY_BASE_IP_ADDRESS_H_
#define DRAWBRIDGE_GATEWAY_BASE_IP_ADDRESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace drawbridge {

// A value. An IPv4 address is stored as ::ffff:a.b.c.d, so a client has the same address on an IPv4 socket
// and on a dual-stack IPv6 socket.
class IpAddress {
 public:
  IpAddress() = default;  // ::
  explicit IpAddress(std::span<const uint8_t, 4> v4);
  explicit IpAddress(std::span<const uint8_t, 16> v6);

  // "192.0.2.1" or "2001:db8::1", without brackets or a zone; nullopt for anything else.
  static std::optional<IpAddress> Parse(std::string_view text);

  bool is_v4() const;
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }  // in network order
  std::string ToString() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<uint8_t, 16> bytes_{};
};

// A value.
class IpNetwork {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or a single address. nullopt for anything else, including a network with
  // bits set after the prefix.
  static std::optional<IpNetwork> Parse(std::string_view text);

  // The network of the addresses that share the first `prefix` bits with `address`. `prefix` counts in bits
  // of 128, also for IPv4, where it must be at least kV4Prefix.
  static IpNetwork Of(const IpAddress& address, int prefix);
  static constexpr int kV4Prefix = 96;

  // An IPv4 address is in no IPv6 network, not even in ::/0.
  bool Contains(const IpAddress& address) const;

  bool is_v4() const { return prefix_ >= kV4Prefix && address_.is_v4(); }
  int prefix() const { return prefix_; }  // as Of takes it
  // As Parse takes it. The network of a single address is written as the address.
  std::string ToString() const;

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const IpNetwork& network) {
    return H::combine(std::move(state), network.address_.bytes(), network.prefix_);
  }

 private:
  IpNetwork(const IpAddress& address, int prefix) : address_(address), prefix_(prefix) {}

  IpAddress address_;
  int prefix_;  // in bits of 128, also for IPv4
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_IP_ADDRESS_H_
