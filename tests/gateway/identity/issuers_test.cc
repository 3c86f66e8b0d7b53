// Key sets and tokens of the form that common issuers publish, made with keys of the test: each works as it
// is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "gateway/identity/token_verifier.h"
#include "tests/gateway/identity/judge.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kX5[] =
    R"("x5t":"Jx4x3Ia0VzrVhn0x4dlrVxxZT4g","x5c":["MIICmzCCAYMCBgF4HR7HNDANBgkqhkiG9w0BAQsFADAR"])";
// A key for signatures that are safe from quantum computers, which OpenSSL 3.0 does not know.
constexpr char kMlDsa[] = R"({"kty":"AKP","alg":"ML-DSA-65","use":"sig","kid":"pq","pub":"AAAA"})";

const SigningKey& Rsa() {
  static const SigningKey key = SigningKey::Rsa();
  return key;
}

const SigningKey& OtherRsa() {
  static const SigningKey key = SigningKey::Rsa();
  return key;
}

// The keys that are skipped, each as "KID: REASON".
std::vector<std::string> Skipped(const KeySet& set) {
  std::vector<std::string> lines;
  lines.reserve(set.skipped().size());
  for (const SkippedKey& key : set.skipped()) lines.push_back(key.key_id + ": " + key.reason);
  return lines;
}

// For "alice" until a little after the time of the tests. `members` begins with a comma or is empty.
std::string Payload(const std::string& members) {
  return R"({"sub":"alice","iat":1699999900,"exp":1700000200)" + members + "}";
}

TEST(IssuersTest, KeycloakHasKeysForEncryptionAndOldOnesBesides) {
  const std::string x5 = std::string(kX5) + R"(,"x5t#S256":"IRhcfOiWVnFJXgzBHBcGHSdRfbPKNVyvMCrlrlFXyZQ")";
  const KeySet set =
      ParseKeys(KeySetText({OtherRsa().Jwk(R"("kid":"enc","alg":"RSA-OAEP","use":"enc",)" + x5),
                            Rsa().Jwk(R"("kid":"FJ86GcF3","alg":"RS256","use":"sig",)" + x5),
                            OtherRsa().Jwk(R"("kid":"passive","alg":"RS256","use":"sig",)" + x5),
                            SigningKey::Ec().Jwk(R"("kid":"ec","alg":"ES256","use":"sig")"),
                            SigningKey::Ed25519().Jwk(R"("kid":"ed","alg":"EdDSA","use":"sig")"), kMlDsa}));
  EXPECT_EQ(set.usable(), 4u);
  EXPECT_THAT(Skipped(set), ElementsAre("'enc': use is 'enc': must be 'sig'",
                                        "'pq': kty is 'AKP': must be 'RSA', 'EC' or 'OKP'"));
  TokenRules rules{.issuer = "https://id.example.com/realms/main", .audiences = {"account"}};
  rules.labels = std::get<std::vector<LabelRule>>(
      ParseLabelRules({"realm_access.roles=roles", "email_verified=verified"}));
  const auto outcome = Verify(
      Rsa().Token(
          "RS256", R"({"alg":"RS256","typ" : "JWT","kid" : "FJ86GcF3"})",
          Payload(
              R"(,"jti":"onrtac:5f8d","iss":"https://id.example.com/realms/main","aud":"account","typ":"Bearer",
                                    "azp":"chat","realm_access":{"roles":["offline_access","uma_authorization"]},
                                    "resource_access":{"account":{"roles":["manage-account"]}},"email_verified":true)")),
      set, rules, kNow);
  ASSERT_TRUE(std::holds_alternative<Claims>(outcome)) << std::get<TokenRefusal>(outcome).text;
  EXPECT_EQ(std::get<Claims>(outcome).labels,
            (Labels{{"roles", "offline_access,uma_authorization"}, {"verified", "true"}}));
}

TEST(IssuersTest, Auth0HasACurrentAndANextKey) {
  const KeySet set = ParseKeys(
      KeySetText({Rsa().Jwk(R"("use":"sig","kid":"current","alg":"RS256",)" + std::string(kX5)),
                  OtherRsa().Jwk(R"("use":"sig","kid":"next","alg":"RS256",)" + std::string(kX5))}));
  EXPECT_THAT(Skipped(set), IsEmpty());
  const TokenRules rules{.issuer = "https://example.eu.auth0.com/", .audiences = {"https://api.example.com"}};
  const std::string payload = Payload(R"(,"iss":"https://example.eu.auth0.com/","scope":"openid profile",
      "aud":["https://api.example.com","https://example.eu.auth0.com/userinfo"])");
  EXPECT_EQ(
      Judge(Rsa().Token("RS256", R"({"alg":"RS256","typ":"JWT","kid":"current"})", payload), set, rules),
      "principal alice");
  EXPECT_EQ(
      Judge(OtherRsa().Token("RS256", R"({"alg":"RS256","typ":"at+jwt","kid":"next"})", payload), set, rules),
      "principal alice");
}

TEST(IssuersTest, EntraPublishesNoAlg) {
  const std::string more = R"("use":"sig","cloud_instance_name":"microsoftonline.com",
      "issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",)" +
                           std::string(kX5);
  const KeySet set = ParseKeys(KeySetText({Rsa().Jwk(R"("kid":"Jx4x3Ia0VzrVhn0x4dlrVxxZT4g",)" + more),
                                           OtherRsa().Jwk(R"("kid":"other",)" + more)}));
  EXPECT_THAT(Skipped(set), IsEmpty());
  const TokenRules rules{.issuer = "https://login.microsoftonline.com/9188040d/v2.0",
                         .audiences = {"6e74172b"},
                         .principal_claim = ClaimPath::OfName("oid")};
  const std::string payload =
      Payload(R"(,"iss":"https://login.microsoftonline.com/9188040d/v2.0","aud":"6e74172b","nbf":1699999900,
      "oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474","tid":"9188040d","uti":"x","ver":"2.0")");
  const std::string header =
      R"({"typ":"JWT","alg":"RS256","x5t":"Jx4x3Ia0VzrVhn0x4dlrVxxZT4g","kid":"Jx4x3Ia0VzrVhn0x4dlrVxxZT4g"})";
  EXPECT_EQ(Judge(Rsa().Token("RS256", header, payload), set, rules),
            "principal 690222be-ff1a-4d56-abd1-7e4f7d38e474");
}

TEST(IssuersTest, OktaHasKeysWeeksAhead) {
  const KeySet set = ParseKeys(KeySetText({Rsa().Jwk(R"("alg":"RS256","kid":"now","use":"sig")"),
                                           OtherRsa().Jwk(R"("alg":"RS256","kid":"later","use":"sig")")}));
  EXPECT_THAT(Skipped(set), IsEmpty());
  const TokenRules rules{.audiences = {"api://default"}, .principal_claim = ClaimPath::OfName("uid")};
  const std::string payload =
      Payload(R"(,"ver":1,"jti":"AT.0mP4","aud":"api://default","cid":"web","uid":"00u1","scp":["openid"])");
  EXPECT_EQ(Judge(Rsa().Token("RS256", R"({"kid":"now","alg":"RS256"})", payload), set, rules),
            "principal 00u1");
}

TEST(IssuersTest, CognitoNamesTheClientInAClaimOfItsOwn) {
  const KeySet set = ParseKeys(KeySetText({Rsa().Jwk(R"("alg":"RS256","kid":"id=","use":"sig")"),
                                           OtherRsa().Jwk(R"("alg":"RS256","kid":"access=","use":"sig")")}));
  EXPECT_THAT(Skipped(set), IsEmpty());
  const std::string header = R"({"kid":"access=","alg":"RS256"})";
  const std::string payload =
      Payload(R"(,"token_use":"access","client_id":"57cbishk4j24pabc1234567890","username":"alice",
      "cognito:groups":["admin"],"auth_time":1699999900,"version":2,"jti":"a-b")");
  const TokenRules rules{.audiences = {"57cbishk4j24pabc1234567890"}};
  EXPECT_THAT(Judge(OtherRsa().Token("RS256", header, payload), set, rules),
              StartsWith("audience: the claim 'aud' is missing"));
  TokenRules by_client = rules;
  by_client.audience_claim = ClaimPath::OfName("client_id");
  by_client.labels = std::get<std::vector<LabelRule>>(ParseLabelRules({"cognito:groups=groups"}));
  EXPECT_EQ(Judge(OtherRsa().Token("RS256", header, payload), set, by_client), "principal alice");
}

TEST(IssuersTest, GooglesCurrentSetWorksAndTheOutdatedOneIsSkipped) {
  const std::string more = R"("alg":"RS256","use":"sig","kid":"f2e11986282de93f27b264fd2a4de192993dcb8c")";
  const KeySet set = ParseKeys(KeySetText({Rsa().Jwk(more)}));
  EXPECT_THAT(Skipped(set), IsEmpty());
  const std::string header =
      R"({"alg":"RS256","kid":"f2e11986282de93f27b264fd2a4de192993dcb8c","typ":"JWT"})";
  const TokenRules rules{.issuer = "https://accounts.google.com",
                         .audiences = {"1-a.apps.googleusercontent.com"}};
  const std::string payload = Payload(
      R"(,"iss":"https://accounts.google.com","aud":"1-a.apps.googleusercontent.com","email_verified":true)");
  EXPECT_EQ(Judge(Rsa().Token("RS256", header, payload), set, rules), "principal alice");
  const KeySet outdated = ParseKeys(
      KeySetText({R"({"kty":"RSA",)" + more + R"(,"n":")" + Rsa().Parameter("n") + R"(==","e":"AQAB"})"}));
  EXPECT_EQ(outdated.usable(), 0u);
  EXPECT_THAT(Skipped(outdated),
              ElementsAre("'f2e11986282de93f27b264fd2a4de192993dcb8c': n must be base64url without padding"));
}

TEST(IssuersTest, KubernetesMixesKindsOfKeys) {
  const SigningKey ec = SigningKey::Ec("P-384");
  const KeySet set = ParseKeys(KeySetText({Rsa().Jwk(R"("use":"sig","kid":"rsa","alg":"RS256")"),
                                           ec.Jwk(R"("use":"sig","kid":"ec","alg":"ES384")"), kMlDsa}));
  EXPECT_EQ(set.usable(), 2u);
  EXPECT_THAT(Skipped(set), ElementsAre("'pq': kty is 'AKP': must be 'RSA', 'EC' or 'OKP'"));
  TokenRules rules{.issuer = "https://kubernetes.default.svc", .audiences = {"drawbridge"}};
  rules.labels = std::get<std::vector<LabelRule>>(ParseLabelRules({R"(kubernetes\.io.namespace=namespace)"}));
  const std::string payload =
      R"({"aud":["drawbridge"],"exp":1700000200,"iat":1699999900,"iss":"https://kubernetes.default.svc","jti":"4f",
      "kubernetes.io":{"namespace":"team","serviceaccount":{"name":"bot","uid":"1"}},"nbf":1699999900,"sub":"system:serviceaccount:team:bot"})";
  for (const auto& token : {Rsa().TokenOf("RS256", "rsa", payload), ec.TokenOf("ES384", "ec", payload)}) {
    const auto outcome = Verify(token, set, rules, kNow);
    ASSERT_TRUE(std::holds_alternative<Claims>(outcome)) << std::get<TokenRefusal>(outcome).text;
    EXPECT_EQ(std::get<Claims>(outcome).principal, "system:serviceaccount:team:bot");
    EXPECT_EQ(std::get<Claims>(outcome).labels, (Labels{{"namespace", "team"}}));
  }
}

TEST(IssuersTest, SupabaseHasKeyOpsAndAtFirstNoKeys) {
  const SigningKey key = SigningKey::Ec();
  const KeySet set = ParseKeys(
      KeySetText({key.Jwk(R"("alg":"ES256","use":"sig","key_ops":["verify"],"kid":"b1","ext":true)")}));
  EXPECT_THAT(Skipped(set), IsEmpty());
  const TokenRules rules{.issuer = "https://project.supabase.co/auth/v1", .audiences = {"authenticated"}};
  const std::string token = key.Token(
      "ES256", R"({"alg":"ES256","kid":"b1","typ":"JWT"})",
      Payload(R"(,"iss":"https://project.supabase.co/auth/v1","aud":"authenticated","role":"authenticated",
                                                 "app_metadata":{"provider":"email"},"is_anonymous":false)"));
  EXPECT_EQ(Judge(token, set, rules), "principal alice");
  EXPECT_THAT(Judge(token, ParseKeys(R"({"keys":[]})"), rules), StartsWith("unknown_key: "));
}

}  // namespace
}  // namespace drawbridge
