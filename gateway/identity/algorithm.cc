#include "gateway/identity/algorithm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/base/ascii.h"
#include "gateway/identity/quoted.h"

namespace drawbridge {
namespace {

constexpr std::string_view kEd25519 = "Ed25519";

// In the order of the enumeration.
constexpr std::array<AlgorithmInfo, kAlgorithmCount> kInfos = {{
    {.algorithm = Algorithm::kRs256, .name = "RS256", .kind = KeyKind::kRsa, .digest = "SHA256"},
    {.algorithm = Algorithm::kRs384, .name = "RS384", .kind = KeyKind::kRsa, .digest = "SHA384"},
    {.algorithm = Algorithm::kRs512, .name = "RS512", .kind = KeyKind::kRsa, .digest = "SHA512"},
    {.algorithm = Algorithm::kPs256,
     .name = "PS256",
     .kind = KeyKind::kRsa,
     .digest = "SHA256",
     .is_pss = true},
    {.algorithm = Algorithm::kPs384,
     .name = "PS384",
     .kind = KeyKind::kRsa,
     .digest = "SHA384",
     .is_pss = true},
    {.algorithm = Algorithm::kPs512,
     .name = "PS512",
     .kind = KeyKind::kRsa,
     .digest = "SHA512",
     .is_pss = true},
    {.algorithm = Algorithm::kEs256,
     .name = "ES256",
     .kind = KeyKind::kP256,
     .digest = "SHA256",
     .coordinate_size = 32},
    {.algorithm = Algorithm::kEs384,
     .name = "ES384",
     .kind = KeyKind::kP384,
     .digest = "SHA384",
     .coordinate_size = 48},
    {.algorithm = Algorithm::kEs512,
     .name = "ES512",
     .kind = KeyKind::kP521,
     .digest = "SHA512",
     .coordinate_size = 66},
    {.algorithm = Algorithm::kEdDsa, .name = "EdDSA", .kind = KeyKind::kEd25519, .digest = nullptr},
}};

static_assert([] {
  for (size_t i = 0; i < kInfos.size(); ++i) {
    if (static_cast<size_t>(kInfos[i].algorithm) != i) return false;
  }
  return true;
}());

}  // namespace

const AlgorithmInfo& InfoOf(Algorithm algorithm) { return kInfos[static_cast<size_t>(algorithm)]; }

std::optional<Algorithm> FindAlgorithm(std::string_view name) {
  if (name == kEd25519) return Algorithm::kEdDsa;
  const auto* const found = std::ranges::find(kInfos, name, &AlgorithmInfo::name);
  return found == kInfos.end() ? std::nullopt : std::optional(found->algorithm);
}

std::string AlgorithmSet::ToString() const {
  std::string text;
  for (const AlgorithmInfo& info : kInfos) {
    if (!Contains(info.algorithm)) continue;
    if (!text.empty()) text.append(", ");
    text.append(info.name);
  }
  return text;
}

std::variant<AlgorithmSet, std::string> ParseAlgorithms(std::string_view list) {
  AlgorithmSet algorithms;
  for (const std::string_view name : Split(list, ',')) {
    const auto algorithm = FindAlgorithm(name);
    if (!algorithm.has_value())
      return fmt::format("{} is not possible: must be of {}", QuotedForHeader(name),
                         AlgorithmSet::All().ToString());
    algorithms.Add(*algorithm);
  }
  return algorithms;
}

}  // namespace drawbridge
