#include "gateway/identity/client_identity.h"

#include <algorithm>

#include "gateway/identity/token_rules.h"

namespace drawbridge {

IdentityPointer IdentityOf(const Claims& claims, const TokenRules& rules, WallTime now) {
  const boost::intrusive_ptr<Attributes> attributes(new Attributes);
  attributes->token_labels.reserve(claims.labels.size());
  for (const auto& [key, value] : claims.labels) {
    attributes->labels.emplace(key, value);
    attributes->token_labels.push_back(key);
  }
  std::ranges::sort(attributes->token_labels);
  attributes->expire_time = claims.expire_time > now ? claims.expire_time : claims.expire_time + rules.leeway;
  attributes->expires_by_token = true;
  attributes->token_id = claims.token_id;
  return std::make_shared<const ClientIdentity>(
      ClientIdentity{.principal = claims.principal, .attributes = attributes});
}

AttributesPointer Renewed(const AttributesPointer& before, const Attributes& token) {
  // The labels of a token that ends sooner would outlive it.
  if (before != nullptr && before->expires_by_token && token.expire_time < before->expire_time) return before;
  const boost::intrusive_ptr<Attributes> after(before == nullptr ? new Attributes : new Attributes(*before));
  ++after->revision;
  for (const std::string& key : after->token_labels) after->labels.erase(key);
  after->token_labels.clear();
  for (const auto& [key, value] : token.labels) {
    if (after->labels.emplace(key, value).second) after->token_labels.push_back(key);
  }
  after->token_id = token.token_id;
  if (after->expires_by_token) after->expire_time = token.expire_time;
  return after;
}

}  // namespace drawbridge
