#include "gateway/listener/proxy_protocol.h"

#include <algorithm>
#include <span>
#include <vector>

#include "gateway/base/ascii.h"
#include "gateway/base/ip_address.h"

namespace drawbridge {
namespace {

using State = ProxyHeader::State;

constexpr std::string_view kSignatureV1 = "PROXY ";
constexpr size_t kMaxSizeV1 = 107;
constexpr std::string_view kSignatureV2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr size_t kFixedSizeV2 = 16;
constexpr size_t kMaxLengthV2 = 16 * 1024;

// Section 2.2.
enum CommandV2 : uint8_t { kLocal = 0x20, kProxy = 0x21 };
enum FamilyV2 : uint8_t { kInet = 1, kInet6 = 2, kUnix = 3 };
constexpr uint8_t kStream = 1;

// The size of the two addresses, with their ports.
size_t AddressesSize(uint8_t family) {
  switch (family) {
    case kInet:
      return 12;
    case kInet6:
      return 36;
    case kUnix:
      return 216;
    default:
      return 0;
  }
}

uint16_t BigEndian(std::string_view bytes) {
  return static_cast<uint16_t>(static_cast<uint8_t>(bytes[0]) << 8 | static_cast<uint8_t>(bytes[1]));
}

template <size_t size>
IpAddress AddressAt(std::string_view bytes) {
  return IpAddress(std::span<const uint8_t, size>(reinterpret_cast<const uint8_t*>(bytes.data()), size));
}

std::optional<SocketAddress> ParseEnd(std::string_view family, std::string_view ip, std::string_view port) {
  const auto address = IpAddress::Parse(ip);
  const bool written_as_v4 = ip.find(':') == std::string_view::npos;
  if (!address.has_value() || written_as_v4 != (family == "TCP4")) return std::nullopt;
  const auto number = ParseNumber<uint16_t>(port);
  if (!number.has_value()) return std::nullopt;
  return SocketAddress(*address, *number);
}

}  // namespace

size_t ProxyHeader::Feed(std::string_view input) {
  const size_t before = kept_.size();
  size_t used = 0;
  while (state_ == State::kIncomplete && used < input.size()) {
    if (skip_ + tlvs_left_ != 0 && kept_.size() == wanted_) {
      used += TakeRest(input.substr(used));
    } else {
      kept_ += input[used++];
      Step();
    }
  }
  if (state_ != State::kAbsent) return used;
  kept_.resize(before);
  return 0;
}

// Version 2: consumes what follows the buffered part.
size_t ProxyHeader::TakeRest(std::string_view input) {
  const size_t skipped = std::min(skip_, input.size());
  skip_ -= skipped;
  const std::string_view vectors = input.substr(skipped, tlvs_left_);
  tlvs_.Feed(vectors);
  tlvs_left_ -= vectors.size();
  if (skip_ + tlvs_left_ == 0) FinishV2();
  return skipped + vectors.size();
}

void ProxyHeader::Step() {
  if (kSignatureV2.starts_with(kept_) || kSignatureV1.starts_with(kept_)) return;
  if (kept_.starts_with(kSignatureV2)) return StepV2();
  if (kept_.starts_with(kSignatureV1)) return StepV1();
  state_ = State::kAbsent;
}

void ProxyHeader::StepV1() {
  if (kept_.back() == '\n') {
    state_ = FinishV1();
  } else if (kept_.size() == kMaxSizeV1) {
    state_ = State::kMalformed;
  }
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 40000 8080\r\n", or UNKNOWN and any text (section 2.1).
State ProxyHeader::FinishV1() {
  std::string_view line = kept_;
  if (!line.ends_with("\r\n") || line.find('\t') != line.npos) return State::kMalformed;
  line.remove_suffix(2);
  const auto words = Split(line, ' ');
  const std::string_view family = words[1];
  if (family == "UNKNOWN") return State::kComplete;
  if ((family != "TCP4" && family != "TCP6") || words.size() != 6) return State::kMalformed;
  if (!ParseEnd(family, words[3], words[5]).has_value()) return State::kMalformed;
  source_ = ParseEnd(family, words[2], words[4]);
  return source_.has_value() ? State::kComplete : State::kMalformed;
}

void ProxyHeader::StepV2() {
  if (kept_.size() < kFixedSizeV2) return;
  if (kept_.size() == kFixedSizeV2) state_ = BeginV2();
  if (state_ == State::kIncomplete && kept_.size() == wanted_ && skip_ + tlvs_left_ == 0) FinishV2();
}

void ProxyHeader::FinishV2() {
  state_ = State::kComplete;
  const std::string_view addresses = std::string_view(kept_).substr(kFixedSizeV2);
  if (addresses.size() == AddressesSize(kInet)) {
    source_ = SocketAddress(AddressAt<4>(addresses), BigEndian(addresses.substr(8)));
  } else if (addresses.size() == AddressesSize(kInet6)) {
    source_ = SocketAddress(AddressAt<16>(addresses), BigEndian(addresses.substr(32)));
  }
}

// Determines from the fixed part what follows. Addresses of a transport other than TCP over IP are skipped.
State ProxyHeader::BeginV2() {
  const auto command = static_cast<uint8_t>(kept_[12]);
  const uint8_t family = static_cast<uint8_t>(kept_[13]) >> 4;
  const uint8_t transport = static_cast<uint8_t>(kept_[13]) & 0xf;
  const size_t length = BigEndian(std::string_view(kept_).substr(14));
  if ((command != kLocal && command != kProxy) || length > kMaxLengthV2) return State::kMalformed;
  if (command == kProxy && (family > kUnix || transport > 2 || length < AddressesSize(family))) {
    return State::kMalformed;
  }
  const bool told = command == kProxy && (family == kInet || family == kInet6) && transport == kStream;
  const size_t addresses = command == kProxy ? AddressesSize(family) : length;
  wanted_ = kFixedSizeV2 + (told ? addresses : 0);
  skip_ = told ? 0 : addresses;
  tlvs_left_ = length - addresses;
  is_local_ = command == kLocal;
  return State::kIncomplete;
}

}  // namespace drawbridge
