// The flags for the identity of clients: tokens, headers of proxies, and the limits of a principal.
#ifndef DRAWBRIDGE_SERVICES_SERVER_IDENTITY_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_IDENTITY_FLAGS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/identity/key_url.h"
#include "gateway/listener/identity_policy.h"
#include "services/server/flag_definer.h"
#include "services/server/flags.h"

namespace drawbridge {

// `flags` must outlive `define`.
void DefineIdentity(Definer& define, Flags* flags);

// The error of a combination of flags, or of the file of --jwt_keys; empty: none. Blocks on the file system.
std::string IdentityContradiction(const Flags& flags);
// Settings that work and may be a mistake, one sentence each.
std::vector<std::string> IdentityWarnings(const Flags& flags);

// The URL of --jwt_keys; nullopt: it is a file, or empty.
std::optional<KeyUrl> KeyUrlOf(const Flags& flags);
// The text of the file of --jwt_keys, up to one byte beyond KeySet::kMaxBytes. nullopt: it cannot be read.
// Blocks on the file system.
std::optional<std::string> ReadKeys(const std::string& path);

// What the flags demand of tokens; null: without --jwt_keys.
std::shared_ptr<const TokenRules> TokenRulesOf(const Flags& flags);
// `rules`: of TokenRulesOf. The same object as before keeps verified tokens valid.
IdentityPolicy IdentityPolicyOf(const Flags& flags, std::shared_ptr<const TokenRules> rules);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_IDENTITY_FLAGS_H_
