#include "gateway/base/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <string>

#include "gateway/base/ascii.h"

namespace drawbridge {
namespace {

constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// The address with all bits after the prefix cleared.
std::array<uint8_t, 16> Masked(std::array<uint8_t, 16> bytes, int prefix) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(prefix - 8 * i, 0, 8);
    bytes[static_cast<size_t>(i)] &= static_cast<uint8_t>(0xff00 >> kept);
  }
  return bytes;
}

}  // namespace

IpAddress::IpAddress(std::span<const uint8_t, 4> v4) {
  std::ranges::copy(kMapped, bytes_.begin());
  std::ranges::copy(v4, bytes_.begin() + kMapped.size());
}

IpAddress::IpAddress(std::span<const uint8_t, 16> v6) { std::ranges::copy(v6, bytes_.begin()); }

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  std::array<uint8_t, 4> v4;
  if (::inet_pton(AF_INET, terminated.data(), v4.data()) == 1) return IpAddress(v4);
  std::array<uint8_t, 16> v6;
  if (::inet_pton(AF_INET6, terminated.data(), v6.data()) == 1) return IpAddress(v6);
  return std::nullopt;
}

bool IpAddress::is_v4() const { return std::ranges::equal(std::span(bytes_).first<12>(), kMapped); }

std::string IpAddress::ToString() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    ::inet_ntop(AF_INET, bytes_.data() + kMapped.size(), text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::Parse(text.substr(0, slash));
  if (!address.has_value()) return std::nullopt;
  int prefix = 128;
  if (slash != std::string_view::npos) {
    const bool written_as_v4 = text.find(':') == std::string_view::npos;
    const auto bits = ParseNumber<uint8_t>(text.substr(slash + 1));
    if (!bits.has_value() || *bits > (written_as_v4 ? 32 : 128)) return std::nullopt;
    prefix = *bits + (written_as_v4 ? kV4Prefix : 0);
  }
  if (Masked(address->bytes(), prefix) != address->bytes()) return std::nullopt;
  return IpNetwork(*address, prefix);
}

IpNetwork IpNetwork::Of(const IpAddress& address, int prefix) {
  return {IpAddress(Masked(address.bytes(), prefix)), prefix};
}

std::string IpNetwork::ToString() const {
  std::string text = address_.ToString();
  if (prefix_ == 128) return text;
  return text.append("/").append(std::to_string(is_v4() ? prefix_ - kV4Prefix : prefix_));
}

bool IpNetwork::Contains(const IpAddress& address) const {
  if (address.is_v4() != is_v4()) return false;
  const auto whole = static_cast<size_t>(prefix_ / 8);
  const int rest = prefix_ % 8;
  const auto& bytes = address.bytes();
  const auto& wanted = address_.bytes();
  return std::equal(bytes.begin(), bytes.begin() + whole, wanted.begin()) &&
         (rest == 0 || (bytes[whole] ^ wanted[whole]) >> (8 - rest) == 0);
}

}  // namespace drawbridge
