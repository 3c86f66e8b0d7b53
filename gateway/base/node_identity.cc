#include "gateway/base/node_identity.h"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

namespace drawbridge {
namespace {

constexpr int kBase = 36;
constexpr size_t kSerialLength = 13;  // 64 bits in base 36
constexpr uint64_t kRounds = 8;
constexpr size_t kMaxConnectionIdLength = 32;

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

// The `length` lowest base-36 digits of `bits`, lowest first.
std::string Word(uint64_t bits, size_t length) {
  std::string word(length, '0');
  for (char& digit : word) {
    digit = kDigits[bits % kBase];
    bits /= kBase;
  }
  return word;
}

// A Feistel network over both halves of the number (Luby and Rackoff, 1988). It is a permutation, so no two
// sequences share an id, and it cannot be inverted without the key.
uint64_t Permute(const SipKey& key, uint64_t number) {
  auto left = static_cast<uint32_t>(number >> 32);
  auto right = static_cast<uint32_t>(number);
  for (uint64_t round = 0; round < kRounds; ++round) {
    left ^= static_cast<uint32_t>(SipHash(key, {round, right}));
    std::swap(left, right);
  }
  return (uint64_t{left} << 32) | right;
}

uint64_t Unpermute(const SipKey& key, uint64_t number) {
  auto left = static_cast<uint32_t>(number >> 32);
  auto right = static_cast<uint32_t>(number);
  for (uint64_t round = kRounds; round-- > 0;) {
    std::swap(left, right);
    left ^= static_cast<uint32_t>(SipHash(key, {round, right}));
  }
  return (uint64_t{left} << 32) | right;
}

// FNV-1a: the same node id gives the same word in every build and on every machine, which std::hash does not
// guarantee.
uint64_t Fingerprint(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

}  // namespace

NodeIdentity NodeIdentity::Draw(std::string node_id) {
  std::random_device entropy;
  const uint64_t bits = (uint64_t{entropy()} << 32) | entropy();
  return NodeIdentity(std::move(node_id), Word(bits, 8));
}

NodeIdentity::NodeIdentity(std::string node_id, std::string incarnation, const SipKey& key)
    : node_id_(std::move(node_id)),
      incarnation_(std::move(incarnation)),
      key_(key),
      prefix_(Word(Fingerprint(node_id_), 4) + "-" + incarnation_ + "-") {}

std::string NodeIdentity::ConnectionId(uint64_t sequence) const {
  return prefix_ + Word(Permute(key_, sequence), kSerialLength);
}

std::optional<uint64_t> NodeIdentity::Sequence(std::string_view connection_id) const {
  if (!connection_id.starts_with(prefix_)) return std::nullopt;
  const std::string_view serial = connection_id.substr(prefix_.size());
  if (serial.size() != kSerialLength) return std::nullopt;
  uint64_t number = 0;
  for (size_t i = serial.size(); i-- > 0;) {
    const size_t digit = kDigits.find(serial[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    if (number > (std::numeric_limits<uint64_t>::max() - digit) / kBase) return std::nullopt;
    number = number * kBase + digit;
  }
  return Unpermute(key_, number);
}

bool IsConnectionId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxConnectionIdLength && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace drawbridge
