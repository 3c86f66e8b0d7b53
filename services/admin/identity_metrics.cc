#include "services/admin/identity_metrics.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "gateway/identity/token_refusal.h"
#include "services/admin/families.h"

namespace drawbridge {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

double Double(uint64_t count) { return static_cast<double>(count); }

void AddKeys(const KeySource& keys, const Clock& clock, Families* families) {
  families->push_back(
      GaugeOf("drawbridge_jwt_keys", "Keys in use that can verify tokens.", Double(keys.usable())));
  if (!keys.is_fetched()) return;
  const auto last = keys.last_success();
  families->push_back(GaugeOf("drawbridge_jwt_keys_age_seconds",
                              "Time since the key set was last fetched; infinite: never.",
                              last.has_value() ? std::chrono::duration<double>(clock.Wall() - *last).count()
                                               : std::numeric_limits<double>::infinity()));
  auto fetches = CounterFamily("drawbridge_jwt_fetches_total", "Fetches of the key set, by result.");
  AddValue(&fetches, Double(keys.fetches(true)), {{"result", "ok"}});
  AddValue(&fetches, Double(keys.fetches(false)), {{"result", "failed"}});
  families->push_back(std::move(fetches));
}

void AddTokens(const TokenChecker& tokens, Families* families) {
  const TokenCounts counts = tokens.counts();
  auto verifications =
      CounterFamily("drawbridge_token_verifications_total", "Checks of tokens of clients, by result.");
  AddValue(&verifications, Double(counts.cached), {{"result", "cached"}});
  AddValue(&verifications, Double(counts.verified), {{"result", "verified"}});
  AddValue(&verifications, Double(counts.refused), {{"result", "refused"}});
  AddValue(&verifications, Double(counts.no_keys), {{"result", "no_keys"}});
  AddValue(&verifications, Double(counts.busy), {{"result", "busy"}});
  families->push_back(std::move(verifications));

  auto refusals = CounterFamily("drawbridge_token_refusals_total",
                                "Clients that were refused for their token, by the rule that it breaks.");
  AddValue(&refusals, Double(counts.missing), {{"rule", "missing"}});
  AddValue(&refusals, Double(counts.malformed), {{"rule", "malformed"}});
  for (size_t i = 0; i < kTokenRuleCount; ++i)
    AddValue(&refusals, Double(counts.refusals[i]),
             {{"rule", std::string(NameOf(static_cast<TokenRule>(i)))}});
  families->push_back(std::move(refusals));
  families->push_back(GaugeOf("drawbridge_token_verifications_waiting",
                              "Tokens that wait to be verified, or for a newer key set.",
                              Double(tokens.waiting())));
}

}  // namespace

Families IdentityMetrics(const TokenChecker* tokens, const Clock& clock) {
  Families families;
  if (tokens == nullptr) return families;
  AddKeys(tokens->keys(), clock, &families);
  AddTokens(*tokens, &families);
  return families;
}

}  // namespace drawbridge
