#include "gateway/base/node_identity.h"

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

namespace drawbridge {
namespace {

constexpr int kBase = 36;
constexpr size_t kMaxConnectionIdLength = 32;

std::string Word(uint64_t bits, size_t length) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string word(length, '0');
  for (char& digit : word) {
    digit = kDigits[bits % kBase];
    bits /= kBase;
  }
  return word;
}

// FNV-1a: the same node id gives the same word in every build and on every machine, which std::hash does not
// promise.
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

NodeIdentity::NodeIdentity(std::string node_id, std::string incarnation)
    : node_id_(std::move(node_id)),
      incarnation_(std::move(incarnation)),
      prefix_(Word(Fingerprint(node_id_), 4) + "-" + incarnation_ + "-") {}

std::string NodeIdentity::ConnectionId(uint64_t sequence) const {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof(digits), sequence, kBase);
  std::string id;
  id.reserve(prefix_.size() + static_cast<size_t>(end.ptr - digits));
  id.append(prefix_).append(digits, end.ptr);
  return id;
}

std::optional<uint64_t> NodeIdentity::Sequence(std::string_view connection_id) const {
  if (!connection_id.starts_with(prefix_)) return std::nullopt;
  const std::string_view digits = connection_id.substr(prefix_.size());
  uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sequence, kBase);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  // Leading zeros and capitals would give one connection a second name.
  if (ConnectionId(sequence) != connection_id) return std::nullopt;
  return sequence;
}

bool IsConnectionId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxConnectionIdLength && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace drawbridge
