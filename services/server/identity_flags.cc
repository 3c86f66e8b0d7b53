#include "services/server/identity_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "gateway/base/ascii.h"
#include "gateway/identity/algorithm.h"
#include "gateway/identity/claim_labels.h"
#include "gateway/identity/claim_path.h"
#include "gateway/identity/key_set.h"
#include "gateway/identity/token_rules.h"
#include "gateway/listener/identity_headers.h"
#include "gateway/listener/token_source.h"

namespace drawbridge {
namespace {

constexpr char kCloseOldest[] = "close_oldest";

std::vector<std::string> EntriesOf(const std::string& list) {
  if (Trim(list).empty()) return {};
  const auto entries = Split(list, ',');
  return {entries.begin(), entries.end()};
}

bool IsUrl(const std::string& text) { return text.find("://") != std::string::npos; }

std::string WantKeys(const std::string& text) {
  const bool valid = IsUrl(text) ? KeyUrl::Parse(text).has_value() : WantFile(text).empty();
  return valid ? "" : "must be a file that can be read, or an https URL";
}

std::string WantAnything(const std::string&) { return ""; }

std::string WantAudiences(const std::string& text) {
  const auto entries = EntriesOf(text);
  const bool valid = std::ranges::none_of(entries, [](const std::string& entry) { return entry.empty(); });
  return valid ? "" : "must be a comma-separated list without empty entries";
}

std::string WantClaim(const std::string& text) {
  const auto path = ClaimPath::Parse(text);
  const auto* const problem = std::get_if<std::string>(&path);
  return problem == nullptr ? "" : fmt::format("must be the name or the path of a claim: it {}", *problem);
}

std::string WantLabels(const std::string& text) {
  const auto rules = ParseLabelRules(EntriesOf(text));
  const auto* const problem = std::get_if<std::string>(&rules);
  return problem == nullptr ? "" : fmt::format("must be a list of CLAIM=LABEL: {}", *problem);
}

std::string WantAlgorithms(const std::string& text) {
  const auto algorithms = ParseAlgorithms(text);
  const auto* const problem = std::get_if<std::string>(&algorithms);
  return problem == nullptr
             ? ""
             : fmt::format("must be a list of {}: {}", AlgorithmSet::All().ToString(), *problem);
}

std::string WantSources(const std::string& text) {
  if (TokenSources::Parse(text).has_value()) return "";
  return "must be a comma-separated list of authorization, cookie:NAME, query:NAME and subprotocol:PREFIX, "
         "each once";
}

std::string WantHeader(const std::string& text) {
  const auto headers = IdentityHeaders::Parse(text, "");
  const auto* const problem = std::get_if<std::string>(&headers);
  return problem == nullptr ? "" : fmt::format("must {}", *problem);
}

std::string WantLabelHeaders(const std::string& text) {
  const auto headers = IdentityHeaders::Parse("", text);
  const auto* const problem = std::get_if<std::string>(&headers);
  return problem == nullptr ? "" : fmt::format("must {}", *problem);
}

void DefineTokens(Definer& define, Flags* flags) {
  define.Text(
      "jwt_keys", &flags->jwt_keys,
      "The public keys (a JWK set) of the issuer of the clients' tokens (JWT): a file, or an https URL. "
      "Empty: clients need no token. The file is read again when it changes. The URL is fetched in "
      "the background, and again when its answer is no longer fresh or a token has an unknown key.",
      WantKeys);
  define.Text("jwt_keys_ca", &flags->jwt_keys_ca,
              "The certificates (PEM) of the authorities that may sign the certificate of the host of "
              "--jwt_keys. Empty: those of the system.",
              WantFile);
  define.Text("jwt_issuer", &flags->jwt_issuer,
              "The issuer (iss) that a token must have, byte by byte. Empty: any.", WantAnything);
  define.List("jwt_audience", &flags->jwt_audience,
              "The audiences (aud) of which a token must have one. Empty: any.", WantAudiences);
  define.Text("jwt_audience_claim", &flags->jwt_audience_claim,
              "The claim that has the audience. Access tokens of Amazon Cognito have client_id.", WantClaim);
  define.Text("jwt_principal_claim", &flags->jwt_principal_claim,
              "The claim that becomes the principal of the connection, such as sub, email or a path such as "
              "user.name.",
              WantClaim);
  define.List("jwt_label", &flags->jwt_label,
              "The labels that claims become: a list of CLAIM=LABEL such as tenant=tenant or "
              "realm_access.roles=roles. An array of strings becomes one value.",
              WantLabels);
  define.List("jwt_algorithms", &flags->jwt_algorithms,
              "The signature algorithms that tokens may use. EdDSA is Ed25519. none and HS256 are never "
              "allowed.",
              WantAlgorithms);
  define.Duration("jwt_leeway", &flags->jwt_leeway,
                  "By how much the clocks of the issuer and of the gateway may differ.", absl::ZeroDuration(),
                  absl::Minutes(10));
  define.Switch("jwt_required", &flags->jwt_required,
                "Refuse clients without a token with HTTP 401. This flag has no effect without --jwt_keys.");
  define.List("jwt_sources", &flags->jwt_sources,
              "Where the token is, in the order in which it is searched: a list of authorization (the "
              "header), cookie:NAME, query:NAME (a query parameter) and subprotocol:PREFIX (an entry of "
              "Sec-WebSocket-Protocol). A prefix that begins with base64url. comes before a token that is "
              "encoded in base64url once more. subprotocol alone is the prefix of Kubernetes, "
              "base64url.bearer.authorization.k8s.io.",
              WantSources);
}

void DefineRefusals(Definer& define, Flags* flags) {
  define.Switch("jwt_refuse_by_close", &flags->jwt_refuse_by_close,
                "Accept the upgrade of a client whose token is refused, and close the connection after a "
                "delay instead of answering HTTP 401, which browsers hide from pages. The delay is 1 s and "
                "doubles with each refusal of the same address, up to 30 s.");
  define.CloseCode("jwt_refused_code", &flags->jwt_refused_code,
                   "The close code for clients that --jwt_refuse_by_close refuses.");
  define.CloseCode("jwt_expired_code", &flags->jwt_expired_code,
                   "The close code for clients whose token expires.");
}

// The error of a flag that works only with another one; empty: none.
std::string NeedsKeys(const char* name, const std::string& value) {
  return value.empty() ? "" : fmt::format("--{} is \"{}\": must come with --jwt_keys", name, value);
}

std::string NeedsProxies(const char* name, const std::string& value) {
  if (value.empty()) return {};
  return fmt::format("--{} is \"{}\": must come with --trusted_proxies, since only their headers are used",
                     name, value);
}

std::string KeysProblem(const Flags& flags) {
  if (flags.jwt_keys.empty()) {
    for (std::string problem :
         {NeedsKeys("jwt_keys_ca", flags.jwt_keys_ca), NeedsKeys("jwt_issuer", flags.jwt_issuer),
          NeedsKeys("jwt_audience", flags.jwt_audience), NeedsKeys("jwt_label", flags.jwt_label),
          NeedsKeys("jwt_refuse_by_close", flags.jwt_refuse_by_close ? "true" : "")}) {
      if (!problem.empty()) return problem;
    }
    return {};
  }
  if (KeyUrlOf(flags).has_value()) return {};
  if (!flags.jwt_keys_ca.empty()) {
    return fmt::format("--jwt_keys_ca is \"{}\": must come with an https URL in --jwt_keys",
                       flags.jwt_keys_ca);
  }
  const auto text = ReadKeys(flags.jwt_keys);
  if (!text.has_value()) return fmt::format("--jwt_keys is \"{}\": cannot be read", flags.jwt_keys);
  const auto set = KeySet::Parse(*text);
  if (const auto* const problem = std::get_if<std::string>(&set))
    return fmt::format("--jwt_keys is \"{}\": {}", flags.jwt_keys, *problem);
  const auto& keys = std::get<KeySet>(set);
  if (keys.usable() != 0) return {};
  const std::string why = keys.skipped().empty() ? "" : fmt::format(": {}", keys.skipped().front().reason);
  return fmt::format("--jwt_keys is \"{}\": must have a key that can verify tokens{}", flags.jwt_keys, why);
}

}  // namespace

void DefineIdentity(Definer& define, Flags* flags) {
  constexpr uint64_t kGiga = 1'000'000'000;
  DefineTokens(define, flags);
  DefineRefusals(define, flags);
  define.Text("principal_header", &flags->principal_header,
              "The request header in which a proxy of --trusted_proxies names the principal, such as "
              "X-Auth-Request-User. From all others the header is ignored. A token takes precedence over it.",
              WantHeader);
  define.List("label_header", &flags->label_header,
              "The labels that request headers of these proxies become: a list of HEADER=LABEL such as "
              "X-Auth-Request-Groups=groups.",
              WantLabelHeaders);
  define.Number("max_connections_per_principal", &flags->max_connections_per_principal,
                "The number of connections at a time of one principal. 0: no bound.", 0, kGiga);
  define.Choice(
      "per_principal_policy", &flags->per_principal_policy,
      "What happens at --max_connections_per_principal: refuse_newest answers the further client with "
      "HTTP 429 and Retry-After. close_oldest closes the oldest connection of the principal with "
      "1008 replaced.",
      {"refuse_newest", kCloseOldest});
}

std::string IdentityContradiction(const Flags& flags) {
  if (std::string problem = KeysProblem(flags); !problem.empty()) return problem;
  if (!flags.trusted_proxies.empty()) return {};
  if (std::string problem = NeedsProxies("principal_header", flags.principal_header); !problem.empty())
    return problem;
  return NeedsProxies("label_header", flags.label_header);
}

std::vector<std::string> IdentityWarnings(const Flags& flags) {
  std::vector<std::string> warnings;
  if (flags.jwt_keys.empty()) return warnings;
  if (flags.jwt_issuer.empty())
    warnings.emplace_back(
        "--jwt_keys comes without --jwt_issuer: tokens of any issuer with these keys are accepted");
  if (flags.jwt_audience.empty()) {
    warnings.emplace_back(
        "--jwt_keys comes without --jwt_audience: tokens that the issuer made for other services are "
        "accepted");
  }
  return warnings;
}

std::optional<KeyUrl> KeyUrlOf(const Flags& flags) { return KeyUrl::Parse(flags.jwt_keys); }

std::optional<std::string> ReadKeys(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(KeySet::kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::nullopt;
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

std::shared_ptr<const TokenRules> TokenRulesOf(const Flags& flags) {
  if (flags.jwt_keys.empty()) return nullptr;
  auto rules = std::make_shared<TokenRules>();
  rules->algorithms = std::get<AlgorithmSet>(ParseAlgorithms(flags.jwt_algorithms));
  rules->issuer = flags.jwt_issuer;
  rules->audiences = EntriesOf(flags.jwt_audience);
  rules->audience_claim = std::get<ClaimPath>(ClaimPath::Parse(flags.jwt_audience_claim));
  rules->principal_claim = std::get<ClaimPath>(ClaimPath::Parse(flags.jwt_principal_claim));
  rules->leeway = flags.jwt_leeway;
  rules->labels = std::get<std::vector<LabelRule>>(ParseLabelRules(EntriesOf(flags.jwt_label)));
  return rules;
}

IdentityPolicy IdentityPolicyOf(const Flags& flags, std::shared_ptr<const TokenRules> rules) {
  return {.rules = std::move(rules),
          .sources = *TokenSources::Parse(flags.jwt_sources),
          .required = flags.jwt_required,
          .refuse_by_close = flags.jwt_refuse_by_close,
          .refused_code = flags.jwt_refused_code,
          .headers =
              std::get<IdentityHeaders>(IdentityHeaders::Parse(flags.principal_header, flags.label_header)),
          .per_principal = flags.per_principal_policy == kCloseOldest ? PerPrincipal::kCloseOldest
                                                                      : PerPrincipal::kRefuseNewest};
}

}  // namespace drawbridge
