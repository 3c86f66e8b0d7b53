#include "gateway/listener/subprotocols.h"

#include <algorithm>

#include "gateway/base/ascii.h"
#include "gateway/listener/token_list.h"

namespace drawbridge {
namespace {

// Like ParseTokenList, but refuses empty entries: the list comes from the operator.
std::optional<std::vector<std::string>> ParseEntries(std::string_view list) {
  if (Trim(list).empty()) return std::vector<std::string>();
  const std::vector<std::string_view> entries = Split(list, ',');
  if (!std::ranges::all_of(entries, IsToken)) return std::nullopt;
  return std::vector<std::string>(entries.begin(), entries.end());
}

}  // namespace

SubprotocolPolicy::SubprotocolPolicy() : SubprotocolPolicy(*Parse("", kTokenPrefixes)) {}

std::optional<SubprotocolPolicy> SubprotocolPolicy::Parse(std::string_view spoken,
                                                          std::string_view token_prefixes) {
  auto names = ParseEntries(spoken);
  auto prefixes = ParseEntries(ToLower(token_prefixes));
  if (!names.has_value() || !prefixes.has_value()) return std::nullopt;
  return SubprotocolPolicy(*std::move(names), *std::move(prefixes));
}

std::string_view SubprotocolPolicy::Choose(const std::vector<std::string>& offered) const {
  if (spoken_.empty()) {
    const auto first =
        std::ranges::find_if_not(offered, [this](std::string_view e) { return CarriesToken(e); });
    return first == offered.end() ? std::string_view() : std::string_view(*first);
  }
  for (const std::string& name : spoken_) {
    const auto found = std::ranges::find(offered, name);
    if (found != offered.end()) return *found;
  }
  return {};
}

bool SubprotocolPolicy::CarriesToken(std::string_view entry) const {
  if (entry.size() > kMaxSubprotocol) return true;
  const std::string lower = ToLower(entry);
  return std::ranges::any_of(token_prefixes_,
                             [&lower](const std::string& prefix) { return lower.starts_with(prefix); });
}

}  // namespace drawbridge
