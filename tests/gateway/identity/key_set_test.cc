// A key set keeps the keys that can verify, skips each other one with its reason, and is refused as a whole
// only where it is no key set.
#include "gateway/identity/key_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/gateway/identity/judge.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using ::testing::StartsWith;

const SigningKey& Rsa() {
  static const SigningKey key = SigningKey::Rsa();
  return key;
}

const SigningKey& P256() {
  static const SigningKey key = SigningKey::Ec();
  return key;
}

// Why the only key of a set is skipped; "usable" where it is not.
std::string Reason(const std::string& jwk) {
  const KeySet set = ParseKeys(KeySetText({jwk}));
  EXPECT_EQ(ERR_peek_error(), 0u);
  EXPECT_EQ(set.usable() + set.skipped().size(), 1u);
  return set.skipped().empty() ? "usable" : set.skipped().front().reason;
}

std::string RsaJwk(const std::string& n, const std::string& e) {
  return R"({"kty":"RSA","n":")" + n + R"(","e":")" + e + R"("})";
}

std::string EcJwk(const std::string& curve, const std::string& x, const std::string& y) {
  return R"({"kty":"EC","crv":")" + curve + R"(","x":")" + x + R"(","y":")" + y + R"("})";
}

std::string RefusedSet(const std::string& text) {
  const auto set = KeySet::Parse(text);
  return std::holds_alternative<KeySet>(set) ? "taken" : std::get<std::string>(set);
}

TEST(KeySetTest, TakesEachKindOfKey) {
  EXPECT_EQ(Reason(Rsa().Jwk()), "usable");
  EXPECT_EQ(Reason(P256().Jwk()), "usable");
  EXPECT_EQ(Reason(SigningKey::Ec("P-384").Jwk()), "usable");
  EXPECT_EQ(Reason(SigningKey::Ec("P-521").Jwk()), "usable");
  EXPECT_EQ(Reason(SigningKey::Ed25519().Jwk()), "usable");
}

TEST(KeySetTest, TakesMembersThatDoNotMatter) {
  EXPECT_EQ(
      Reason(Rsa().Jwk(R"("use":"sig","alg":"RS512","kid":"","x5c":["no certificate"],"x5t":1,"ext":true)")),
      "usable");
  EXPECT_EQ(Reason(P256().Jwk(R"("key_ops":["verify","sign"],"alg":"ES256","new":{"d":1})")), "usable");
  EXPECT_EQ(Reason(SigningKey::Ed25519().Jwk(R"("alg":"Ed25519")")), "usable");
}

TEST(KeySetTest, SkipsAKeyOfAnotherPurpose) {
  EXPECT_EQ(Reason(Rsa().Jwk(R"("use":"enc")")), "use is 'enc': must be 'sig'");
  EXPECT_EQ(Reason(Rsa().Jwk(R"("use":"Sig")")), "use is 'Sig': must be 'sig'");
  EXPECT_EQ(Reason(Rsa().Jwk(R"("use":["sig"])")), "use is not a string: must be 'sig'");
  EXPECT_EQ(Reason(Rsa().Jwk(R"("use":null)")), "use is not a string: must be 'sig'");
  EXPECT_EQ(Reason(Rsa().Jwk(R"("key_ops":[])")), "key_ops does not have 'verify'");
  EXPECT_EQ(Reason(Rsa().Jwk(R"("key_ops":["encrypt","sign"])")), "key_ops does not have 'verify'");
  EXPECT_EQ(Reason(Rsa().Jwk(R"("key_ops":"verify")")), "key_ops does not have 'verify'");
}

TEST(KeySetTest, SkipsAPrivateKey) {
  for (const std::string member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    EXPECT_EQ(Reason(Rsa().Jwk("\"" + member + R"(":"AQAB")")),
              "has the private member '" + member + "': only public keys may be published");
  }
  EXPECT_THAT(Reason(P256().Jwk(R"("d":"AQAB")")), StartsWith("has the private member"));
}

TEST(KeySetTest, SkipsAnUnknownType) {
  EXPECT_EQ(Reason(R"({"kty":"oct","alg":"HS256"})"), "kty is 'oct': must be 'RSA', 'EC' or 'OKP'");
  EXPECT_EQ(Reason(R"({"kty":"oct","k":"AQAB"})"),
            "has the private member 'k': only public keys may be published");
  EXPECT_EQ(Reason(R"({"kty":"AKP","alg":"ML-DSA-44","pub":"AQAB"})"),
            "kty is 'AKP': must be 'RSA', 'EC' or 'OKP'");
  EXPECT_EQ(Reason(R"({"kty":"rsa"})"), "kty is 'rsa': must be 'RSA', 'EC' or 'OKP'");
  EXPECT_EQ(Reason(R"({"kty":1})"), "kty is not a string: must be 'RSA', 'EC' or 'OKP'");
  EXPECT_EQ(Reason(R"({})"), "kty is missing: must be 'RSA', 'EC' or 'OKP'");
  EXPECT_EQ(Reason(R"({"kty":"EC"})"), "crv is missing: must be 'P-256', 'P-384' or 'P-521'");
  EXPECT_EQ(Reason(EcJwk("secp256k1", "AQAB", "AQAB")),
            "crv is 'secp256k1': must be 'P-256', 'P-384' or 'P-521'");
  EXPECT_EQ(Reason(EcJwk("Ed25519", "AQAB", "AQAB")),
            "crv is 'Ed25519': must be 'P-256', 'P-384' or 'P-521'");
  EXPECT_EQ(Reason(R"({"kty":"OKP","crv":"X25519","x":"AQAB"})"), "crv is 'X25519': must be 'Ed25519'");
  EXPECT_EQ(Reason(R"({"kty":"OKP","crv":"Ed448","x":"AQAB"})"), "crv is 'Ed448': must be 'Ed25519'");
}

TEST(KeySetTest, SkipsAnAlgorithmThatIsUnknownOrDoesNotFit) {
  EXPECT_THAT(Reason(Rsa().Jwk(R"("alg":"RSA-OAEP")")), StartsWith("alg is 'RSA-OAEP': must be of RS256, "));
  EXPECT_THAT(Reason(Rsa().Jwk(R"("alg":"HS256")")), StartsWith("alg is 'HS256': must be of "));
  EXPECT_THAT(Reason(Rsa().Jwk(R"("alg":"none")")), StartsWith("alg is 'none': must be of "));
  EXPECT_THAT(Reason(Rsa().Jwk(R"("alg":1)")), StartsWith("alg is not a string: must be of "));
  EXPECT_EQ(Reason(Rsa().Jwk(R"("alg":"ES256")")), "alg is 'ES256', which does not fit kty and crv");
  EXPECT_EQ(Reason(P256().Jwk(R"("alg":"ES384")")), "alg is 'ES384', which does not fit kty and crv");
  EXPECT_EQ(Reason(P256().Jwk(R"("alg":"EdDSA")")), "alg is 'EdDSA', which does not fit kty and crv");
}

TEST(KeySetTest, BoundsTheSizeOfRsaKeys) {
  EXPECT_EQ(Reason(SigningKey::Rsa(1024).Jwk()), "n has 1024 bits: must have 2048 to 8192");
  std::string modulus(1025, '\x01');
  EXPECT_EQ(Reason(RsaJwk(EncodeBase64Url(modulus), "AQAB")), "n has 8193 bits: must have 2048 to 8192");
  modulus.assign(1024, '\xFF');
  EXPECT_EQ(Reason(RsaJwk(EncodeBase64Url(modulus), "AQAB")), "usable");
  modulus.assign(256, '\x7F');
  EXPECT_EQ(Reason(RsaJwk(EncodeBase64Url(modulus), "AQAB")), "n has 2047 bits: must have 2048 to 8192");
  EXPECT_EQ(Reason(RsaJwk("", "AQAB")), "n has 0 bits: must have 2048 to 8192");
  EXPECT_EQ(Reason(RsaJwk("AA", "AQAB")), "n has 0 bits: must have 2048 to 8192");
  modulus.assign(300 * 1024, '\xFF');
  EXPECT_EQ(Reason(RsaJwk(EncodeBase64Url(modulus), "AQAB")), "n has 2457600 bits: must have 2048 to 8192");
}

TEST(KeySetTest, SkipsRsaNumbersThatCannotBe) {
  const std::string n = Rsa().Parameter("n");
  std::string even(256, '\xFE');
  EXPECT_EQ(Reason(RsaJwk(EncodeBase64Url(even), "AQAB")), "n is even, so it is no RSA modulus");
  // With e = 1 each text would be its own signature.
  for (const std::string e : {"", "AA", "AQ", "Ag", "AQAC"})
    EXPECT_EQ(Reason(RsaJwk(n, e)), "e must be odd and have 2 to 64 bits") << e;
  EXPECT_EQ(Reason(RsaJwk(n, EncodeBase64Url(std::string(9, '\x01')))),
            "e must be odd and have 2 to 64 bits");
  EXPECT_EQ(Reason(RsaJwk(n, "Aw")), "usable");
  EXPECT_EQ(Reason(R"({"kty":"RSA","e":"AQAB"})"), "n is missing: a string is required");
  EXPECT_EQ(Reason(R"({"kty":"RSA","n":[],"e":"AQAB"})"), "n is not a string: a string is required");
}

TEST(KeySetTest, LeadingZerosOfANumberAreNoBits) {
  EXPECT_EQ(Reason(RsaJwk(EncodeBase64Url(std::string(1, '\0') + std::string(256, '\xFF')), "AAEAAQ")),
            "usable");
}

// Google's outdated set (v2) pads n; its current one does not.
TEST(KeySetTest, SkipsPaddedNumbers) {
  const std::string n = EncodeBase64Url(std::string(256, '\xFF'));
  EXPECT_EQ(Reason(RsaJwk(n, "AQAB")), "usable");
  EXPECT_EQ(Reason(RsaJwk(n + "==", "AQAB")), "n must be base64url without padding");
  EXPECT_EQ(Reason(RsaJwk("+" + n.substr(1), "AQAB")), "n must be base64url without padding");
}

TEST(KeySetTest, SkipsEcCoordinatesThatAreNoPoint) {
  const std::string x = P256().Parameter("x");
  const std::string y = P256().Parameter("y");
  EXPECT_EQ(Reason(EcJwk("P-256", x, y)), "usable");
  EXPECT_EQ(Reason(EcJwk("P-256", y, x)), "x and y are no point of the curve");
  EXPECT_EQ(
      Reason(EcJwk("P-256", EncodeBase64Url(std::string(32, '\0')), EncodeBase64Url(std::string(32, '\0')))),
      "x and y are no point of the curve");
  EXPECT_EQ(Reason(EcJwk("P-256", EncodeBase64Url(std::string(32, '\xFF')), y)),
            "x and y are no point of the curve");
  EXPECT_EQ(Reason(EcJwk("P-384", x, y)), "x has 32 bytes: must have 48");
  EXPECT_EQ(Reason(EcJwk("P-256", EncodeBase64Url(std::string(31, '\x01')), y)),
            "x has 31 bytes: must have 32");
  EXPECT_EQ(Reason(EcJwk("P-256", x, EncodeBase64Url(std::string(33, '\0')))),
            "y has 33 bytes: must have 32");
  EXPECT_EQ(Reason(EcJwk("P-256", x, "")), "y has 0 bytes: must have 32");
  EXPECT_EQ(Reason(EcJwk("P-256", x, y + "=")), "y must be base64url without padding");
}

TEST(KeySetTest, SkipsAnEd25519KeyOfWrongLength) {
  EXPECT_EQ(Reason(R"({"kty":"OKP","crv":"Ed25519","x":"AQAB"})"), "x has 3 bytes: must have 32");
  EXPECT_EQ(Reason(R"({"kty":"OKP","crv":"Ed25519"})"), "x is missing: a string is required");
}

TEST(KeySetTest, SkipsAKidThatCannotBeCompared) {
  EXPECT_EQ(Reason(P256().Jwk(R"("kid":7)")), "kid is not a string");
  EXPECT_EQ(Reason(P256().Jwk(R"("kid":null)")), "kid is not a string");
  EXPECT_EQ(Reason(P256().Jwk(R"("kid":")" + std::string(257, 'k') + "\"")),
            "kid has 257 bytes: must have at most 256");
  EXPECT_EQ(Reason(P256().Jwk(R"("kid":")" + std::string(256, 'k') + "\"")), "usable");
}

TEST(KeySetTest, KeepsTheOtherKeysAndNamesTheSkipped) {
  const KeySet set = ParseKeys(KeySetText({R"({"kty":"oct","kid":"se\"cret"})", P256().Jwk(R"("kid":"a")"),
                                           "7", Rsa().Jwk(), Rsa().Jwk(R"("kid":"enc","use":"enc")")}));
  EXPECT_EQ(set.usable(), 2u);
  ASSERT_EQ(set.skipped().size(), 3u);
  EXPECT_EQ(set.skipped()[0].index, 0u);
  EXPECT_EQ(set.skipped()[0].key_id, "'se%22cret'");
  EXPECT_EQ(set.skipped()[1].index, 2u);
  EXPECT_EQ(set.skipped()[1].key_id, "none");
  EXPECT_EQ(set.skipped()[1].reason, "is not a JSON object");
  EXPECT_EQ(set.skipped()[2].index, 4u);
  EXPECT_EQ(set.skipped()[2].key_id, "'enc'");
}

TEST(KeySetTest, ASetMayHaveNoUsableKey) {
  EXPECT_EQ(ParseKeys(R"({"keys":[]})").usable(), 0u);
  EXPECT_EQ(ParseKeys(R"({"keys":[{"kty":"oct"}],"more":1})").usable(), 0u);
}

TEST(KeySetTest, RefusesWhatIsNoSet) {
  EXPECT_THAT(RefusedSet(""), StartsWith("the key set is not valid JSON"));
  EXPECT_THAT(RefusedSet("<html>"), StartsWith("the key set is not valid JSON"));
  EXPECT_THAT(RefusedSet(R"({"keys":[{"kty":"RSA")"), StartsWith("the key set is not valid JSON"));
  EXPECT_EQ(RefusedSet("[]"), "the key set is not a JSON object");
  EXPECT_EQ(RefusedSet("{}"), "the key set has no array 'keys'");
  EXPECT_EQ(RefusedSet(R"({"keys":{}})"), "the key set has no array 'keys'");
  EXPECT_EQ(RefusedSet(P256().Jwk()), "the key set has no array 'keys'");
  EXPECT_EQ(RefusedSet(R"({"keys":[],"keys":[]})"), "the key set has the member 'keys' twice");
  EXPECT_EQ(RefusedSet(KeySetText({P256().Jwk(R"("x":"AQAB")")})), "the key set has the member 'x' twice");
}

TEST(KeySetTest, BoundsTheSet) {
  std::string text = R"({"keys":[]})";
  text.append(KeySet::kMaxBytes - text.size(), ' ');
  EXPECT_EQ(RefusedSet(text), "taken");
  EXPECT_EQ(RefusedSet(text + " "), "the key set has 524289 bytes: must have at most 524288");
  EXPECT_EQ(RefusedSet(KeySetText(std::vector<std::string>(256, "1"))), "taken");
  EXPECT_EQ(RefusedSet(KeySetText(std::vector<std::string>(257, "1"))),
            "the key set has 257 keys: must have at most 256");
}

TEST(KeySetTest, FindsByKidAndAlgorithm) {
  const KeySet set =
      ParseKeys(KeySetText({Rsa().Jwk(R"("kid":"a","alg":"RS256")"), P256().Jwk(R"("kid":"b")"),
                            Rsa().Jwk(R"("kid":"c")"), Rsa().Jwk()}));
  const auto fitting = [&](std::optional<std::string_view> kid, Algorithm algorithm) {
    const auto found = set.Find(kid, algorithm);
    return found.is_known ? static_cast<int>(found.fitting) : -1;
  };
  EXPECT_EQ(fitting("a", Algorithm::kRs256), 1);
  EXPECT_EQ(fitting("a", Algorithm::kRs384), 0);
  EXPECT_EQ(fitting("a", Algorithm::kEs256), 0);
  EXPECT_EQ(fitting("c", Algorithm::kPs512), 1);
  EXPECT_EQ(fitting("A", Algorithm::kRs256), -1);
  EXPECT_EQ(fitting("", Algorithm::kRs256), -1);
  EXPECT_EQ(fitting(std::nullopt, Algorithm::kRs256), 3);
  EXPECT_EQ(fitting(std::nullopt, Algorithm::kRs384), 2);
  EXPECT_EQ(fitting(std::nullopt, Algorithm::kEs384), -1);
}

TEST(KeySetTest, FindsAtMostFourOfOneKid) {
  const KeySet set = ParseKeys(KeySetText(std::vector<std::string>(6, P256().Jwk(R"("kid":"same")"))));
  EXPECT_EQ(set.usable(), 6u);
  const auto found = set.Find("same", Algorithm::kEs256);
  EXPECT_EQ(found.fitting, 6u);
  for (const VerificationKey* const key : found.keys) EXPECT_NE(key, nullptr);
}

}  // namespace
}  // namespace drawbridge
