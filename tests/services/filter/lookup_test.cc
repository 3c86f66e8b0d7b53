// Which filters the index can answer.
#include "services/filter/lookup.h"

#include <string>
#include <variant>

#include "gtest/gtest.h"
#include "services/filter/filter.h"

namespace drawbridge {
namespace {

// "key|key ; key": each lookup with its keys.
std::string Lookups(const std::string& text) {
  const auto parsed = Filter::Parse(text);
  if (const auto* error = std::get_if<std::string>(&parsed)) return *error;
  std::string all;
  for (const Lookup& lookup : std::get<Filter>(parsed).lookups()) {
    if (!all.empty()) all += " ; ";
    for (const IndexKey& key : lookup) {
      if (&key != &lookup.front()) all += '|';
      all += key.is_id() ? "id " + key.text() : key.text();
    }
  }
  return all;
}

TEST(LookupTest, OfEqualitiesAlone) {
  const struct {
    std::string filter;
    std::string lookups;
  } cases[] = {
      {"*", ""},
      {"path = a", ""},
      {"connection_id = abc", "id abc"},
      {"principal = alice", "=alice"},
      {"labels.tier = gold", "tier=gold"},
      {"labels.tier = \"\"", "tier="},
      // Also matches connections without the key.
      {"principal = \"\"", ""},
      {"principal != alice", ""},
      {"NOT principal = alice", ""},
      {"NOT principal != alice", "=alice"},
      {"NOT (principal = alice AND path = a)", ""},
      {"principal = al*", ""},
      {"principal < alice", ""},
      {"principal:alice", ""},
      {"labels.tier:*", ""},
      {"labels:tier", ""},
      {"labels.tier != gold", ""},
      // A lookup for one operand of an AND is enough. An OR needs one for each operand.
      {"principal = alice AND path = a", "=alice"},
      {"path = a AND labels.tier = gold AND principal = alice", "tier=gold ; =alice"},
      {"principal = alice OR principal = bob", "=alice|=bob"},
      {"principal = alice OR path = a", ""},
      {"(principal = a AND path = b) OR labels.tier = gold", "=a|tier=gold"},
      {"(principal = a OR principal = b) AND labels.tier = gold", "=a|=b ; tier=gold"},
  };
  for (const auto& each : cases) EXPECT_EQ(Lookups(each.filter), each.lookups) << each.filter;
}

}  // namespace
}  // namespace drawbridge
