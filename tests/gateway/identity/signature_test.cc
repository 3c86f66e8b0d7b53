// A token is accepted only where a key of the set made its signature with the algorithm that header and key
// agree on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <array>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "gateway/identity/token_verifier.h"
#include "tests/gateway/identity/judge.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using ::testing::StartsWith;

constexpr char kPayload[] = R"({"sub":"alice","exp":1700000100})";
constexpr char kAccepted[] = "principal alice";
constexpr char kWrong[] = "signature: the signature is wrong";

constexpr std::array<const char*, kAlgorithmCount> kAlgorithms = {
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"};

const SigningKey& KeyFor(const std::string& algorithm) {
  static const std::map<std::string, SigningKey> keys = {{"R", SigningKey::Rsa()},
                                                         {"ES256", SigningKey::Ec("P-256")},
                                                         {"ES384", SigningKey::Ec("P-384")},
                                                         {"ES512", SigningKey::Ec("P-521")},
                                                         {"EdDSA", SigningKey::Ed25519()}};
  const auto found = keys.find(algorithm);
  return found != keys.end() ? found->second : keys.at("R");
}

// A token with another signature.
std::string WithSignature(const std::string& token, std::string_view signature) {
  return token.substr(0, token.rfind('.') + 1) + EncodeBase64Url(signature);
}

std::string SignedText(const std::string& token) { return token.substr(0, token.rfind('.')); }

class EachAlgorithmTest : public ::testing::TestWithParam<const char*> {
 public:
  EachAlgorithmTest() : token_(key_.TokenOf(algorithm_, "k", kPayload)) {}

 protected:
  const std::string algorithm_ = GetParam();
  const SigningKey& key_ = KeyFor(algorithm_);
  const KeySet set_ = ParseKeys(KeySetText({key_.Jwk(R"("kid":"k")")}));
  const std::string token_;
};

TEST_P(EachAlgorithmTest, IsVerified) {
  EXPECT_EQ(Judge(token_, set_), kAccepted);
  EXPECT_EQ(Judge(key_.TokenOf(algorithm_, "", kPayload), set_), kAccepted);
  const KeySet with_alg = ParseKeys(KeySetText({key_.Jwk(R"("kid":"k","alg":")" + algorithm_ + "\"")}));
  EXPECT_EQ(Judge(token_, with_alg), kAccepted);
}

TEST_P(EachAlgorithmTest, IsRefusedWhereItIsNotAllowed) {
  for (const char* const allowed : kAlgorithms) {
    TokenRules rules{.algorithms = {}};
    rules.algorithms.Add(*FindAlgorithm(allowed));
    const std::string outcome = Judge(token_, set_, rules);
    if (algorithm_ == allowed) {
      EXPECT_EQ(outcome, kAccepted);
    } else {
      EXPECT_EQ(outcome, "algorithm: the header's 'alg' is '" + algorithm_ + "': must be of " + allowed);
    }
  }
}

// The header's algorithm is not that of the key, in both directions.
TEST_P(EachAlgorithmTest, IsRefusedWithAKeyForAnother) {
  for (const char* const other : kAlgorithms) {
    if (algorithm_ == other) continue;
    const KeySet set =
        ParseKeys(KeySetText({KeyFor(other).Jwk(R"("kid":"k","alg":")" + std::string(other) + "\"")}));
    EXPECT_EQ(Judge(token_, set),
              "key_mismatch: the key with 'kid' 'k' is not for 'alg' '" + algorithm_ + "'")
        << other;
  }
}

// The header says another algorithm than the one that made the signature.
TEST_P(EachAlgorithmTest, IsRefusedUnderAnotherName) {
  for (const char* const other : kAlgorithms) {
    if (algorithm_ == other) continue;
    const std::string token =
        key_.Token(algorithm_, R"({"kid":"k","alg":")" + std::string(other) + "\"}", kPayload);
    const bool same_kind = algorithm_[1] == 'S' && other[1] == 'S' && algorithm_[0] != 'E' && other[0] != 'E';
    EXPECT_THAT(Judge(token, set_), StartsWith(same_kind ? kWrong : "key_mismatch: ")) << other;
  }
}

TEST_P(EachAlgorithmTest, AChangedTokenIsRefused) {
  const std::string signature = key_.Sign(algorithm_, SignedText(token_));
  ASSERT_EQ(Judge(WithSignature(token_, signature), set_), kAccepted);
  const std::string other = key_.TokenOf(algorithm_, "k", R"({"sub":"mallory","exp":1700000100})");
  EXPECT_THAT(Judge(SignedText(other) + token_.substr(token_.rfind('.')), set_), StartsWith(kWrong));
  for (const size_t place : {size_t{0}, signature.size() / 2, signature.size() - 1}) {
    std::string changed = signature;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    EXPECT_THAT(Judge(WithSignature(token_, changed), set_), StartsWith(kWrong)) << place;
  }
}

TEST_P(EachAlgorithmTest, ASignatureOfAnotherLengthIsRefused) {
  const std::string signature = key_.Sign(algorithm_, SignedText(token_));
  const std::string zero(1, '\0');
  // As numbers, r and s of ECDSA are the same with it.
  const size_t half = signature.size() / 2;
  const std::string with_zero_between = std::string(signature).insert(half, zero);
  for (const std::string& other :
       {std::string(), std::string(1, 'x'), signature.substr(1), signature.substr(0, signature.size() - 1),
        zero + signature, signature + zero, signature + signature, std::string(signature.size(), '\0'),
        std::string(signature.size(), '\xFF'), with_zero_between}) {
    EXPECT_THAT(Judge(WithSignature(token_, other), set_), StartsWith(kWrong)) << other.size();
  }
}

TEST_P(EachAlgorithmTest, AnotherKeyIsRefused) {
  const SigningKey other = algorithm_ == "ES256"   ? SigningKey::Ec("P-256")
                           : algorithm_ == "ES384" ? SigningKey::Ec("P-384")
                           : algorithm_ == "ES512" ? SigningKey::Ec("P-521")
                           : algorithm_ == "EdDSA" ? SigningKey::Ed25519()
                                                   : SigningKey::Rsa();
  EXPECT_THAT(Judge(other.TokenOf(algorithm_, "k", kPayload), set_), StartsWith(kWrong));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, EachAlgorithmTest, ::testing::ValuesIn(kAlgorithms),
                         [](const auto& each) { return std::string(each.param); });

TEST(SignatureTest, Ed25519IsAnotherNameOfEdDsa) {
  const SigningKey& key = KeyFor("EdDSA");
  for (const std::string name : {"EdDSA", "Ed25519"}) {
    const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"k","alg":")" + name + "\"")}));
    EXPECT_EQ(Judge(key.Token("EdDSA", R"({"kid":"k","alg":"EdDSA"})", kPayload), set), kAccepted);
    EXPECT_EQ(Judge(key.Token("EdDSA", R"({"kid":"k","alg":"Ed25519"})", kPayload), set), kAccepted);
  }
}

TEST(SignatureTest, AnEcdsaSignatureInDerIsRefused) {
  for (const std::string algorithm : {"ES256", "ES384", "ES512"}) {
    const SigningKey& key = KeyFor(algorithm);
    const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"k")")}));
    const std::string token = key.TokenOf(algorithm, "k", kPayload);
    const std::string der = key.SignDer(algorithm, SignedText(token));
    EXPECT_THAT(Judge(WithSignature(token, der), set), StartsWith(kWrong)) << algorithm;
  }
}

// Some implementations of ECDSA accepted r = s = 0 for every text (CVE-2022-21449).
TEST(SignatureTest, AnEcdsaSignatureOfZerosOrOfTheOrderIsRefused) {
  const SigningKey& key = KeyFor("ES256");
  const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"k")")}));
  const std::string token = key.TokenOf("ES256", "k", kPayload);
  const std::string order =
      "\xFF\xFF\xFF\xFF" + std::string(4, '\0') +
      "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51";
  ASSERT_EQ(order.size(), 32u);
  const std::string zero(32, '\0');
  const std::string one = std::string(31, '\0') + '\x01';
  for (const std::string& r : {zero, one, order}) {
    for (const std::string& s : {zero, one, order})
      EXPECT_THAT(Judge(WithSignature(token, r + s), set), StartsWith(kWrong));
  }
}

TEST(SignatureTest, APssSaltOfAnotherLengthIsRefused) {
  const SigningKey& key = KeyFor("PS256");
  const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"k")")}));
  const std::string token = key.TokenOf("PS256", "k", kPayload);
  EXPECT_EQ(Judge(WithSignature(token, key.Sign("PS256", SignedText(token), 32)), set), kAccepted);
  for (const int salt : {0, 20, 31, 33, 64, 222})
    EXPECT_THAT(Judge(WithSignature(token, key.Sign("PS256", SignedText(token), salt)), set),
                StartsWith(kWrong))
        << salt;
}

TEST(SignatureTest, AnRsaSignatureWithALeadingZeroKeepsIt) {
  const SigningKey& key = KeyFor("RS256");
  const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"k")")}));
  for (int i = 0; i < 5000; ++i) {
    const std::string token =
        key.TokenOf("RS256", "k", R"({"sub":"alice","exp":1700000100,"i":)" + std::to_string(i) + "}");
    const std::string signature = key.Sign("RS256", SignedText(token));
    if (signature[0] != '\0') continue;
    EXPECT_EQ(Judge(token, set), kAccepted);
    EXPECT_THAT(Judge(WithSignature(token, signature.substr(1)), set), StartsWith(kWrong));
    return;
  }
  FAIL() << "no signature began with a zero";
}

TEST(SignatureTest, RsaKeysWithOtherExponentsAndSizesVerify) {
  for (const auto& key : {SigningKey::Rsa(2048, 3), SigningKey::Rsa(3072), SigningKey::Rsa(2056)})
    EXPECT_EQ(Judge(key.TokenOf("RS256", "", kPayload), ParseKeys(KeySetText({key.Jwk()}))), kAccepted);
}

TEST(SignatureTest, ATokenWithoutSignatureIsRefused) {
  const KeySet set = ParseKeys(KeySetText({KeyFor("RS256").Jwk()}));
  for (const std::string alg : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string token =
        EncodeBase64Url(R"({"alg":")" + alg + "\"}") + "." + EncodeBase64Url(kPayload) + ".";
    EXPECT_THAT(Judge(token, set), StartsWith("algorithm: the header's 'alg' is '" + alg + "': must be of "))
        << alg;
  }
  const std::string token = EncodeBase64Url(R"({"alg":"RS256"})") + "." + EncodeBase64Url(kPayload) + ".";
  EXPECT_THAT(Judge(token, set), StartsWith(kWrong));
}

// Where a verifier takes the algorithm from the header, the public key can be used as a secret of HMAC.
TEST(SignatureTest, HmacWithThePublicKeyIsRefused) {
  const SigningKey& key = KeyFor("RS256");
  const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"k")")}));
  for (const std::string& secret : {key.PublicPem(), key.Parameter("n"), key.Jwk()}) {
    const std::string text =
        EncodeBase64Url(R"({"alg":"HS256","kid":"k"})") + "." + EncodeBase64Url(kPayload);
    EXPECT_THAT(Judge(text + "." + EncodeBase64Url(HmacSha256(secret, text)), set),
                StartsWith("algorithm: the header's 'alg' is 'HS256': must be of "));
  }
}

TEST(SignatureTest, AKeyInTheHeaderIsIgnored) {
  const SigningKey& good = KeyFor("ES256");
  const SigningKey evil = SigningKey::Ec();
  const KeySet set = ParseKeys(KeySetText({good.Jwk(R"("kid":"k")")}));
  for (const std::string& member :
       {R"("jwk":)" + evil.Jwk(), R"("jwk":)" + evil.Jwk(R"("kid":"k")"),
        std::string(R"("jku":"https://evil.example/keys")"), std::string(R"("x5u":"https://evil.example/c")"),
        std::string(R"("x5c":["AAAA"],"x5t":"AAAA","x5t#S256":"AAAA")")}) {
    const std::string header = R"({"alg":"ES256","kid":"k",)" + member + "}";
    EXPECT_THAT(Judge(evil.Token("ES256", header, kPayload), set), StartsWith(kWrong)) << member;
    EXPECT_EQ(Judge(good.Token("ES256", header, kPayload), set), kAccepted) << member;
  }
}

TEST(SignatureTest, AnUnknownKidAsksForNewerKeys) {
  const SigningKey& key = KeyFor("ES256");
  const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"old")")}));
  EXPECT_EQ(Judge(key.TokenOf("ES256", "new", kPayload), set),
            "unknown_key: the key set has no key with 'kid' 'new' (newer keys?)");
  EXPECT_EQ(Judge(key.TokenOf("ES256", "new", kPayload), ParseKeys(R"({"keys":[]})")),
            "unknown_key: the key set has no key with 'kid' 'new' (newer keys?)");
  EXPECT_EQ(Judge(key.TokenOf("ES256", "", kPayload), ParseKeys(R"({"keys":[]})")),
            "unknown_key: the key set has no key for 'alg' 'ES256' (newer keys?)");
  // A key without kid is not the one that a kid names.
  EXPECT_THAT(Judge(key.TokenOf("ES256", "new", kPayload), ParseKeys(KeySetText({key.Jwk()}))),
              StartsWith("unknown_key: "));
}

TEST(SignatureTest, ANewKeyUnderAKnownKidIsNotFetched) {
  const SigningKey& key = KeyFor("ES256");
  const KeySet set = ParseKeys(KeySetText({key.Jwk(R"("kid":"k")")}));
  EXPECT_EQ(Judge(SigningKey::Ec().TokenOf("ES256", "k", kPayload), set),
            "signature: the signature is wrong: 1 of 1 keys with 'kid' 'k' were tried");
}

TEST(SignatureTest, ATokenWithoutKidTriesTheKeysThatFit) {
  const SigningKey& key = KeyFor("ES256");
  const KeySet set =
      ParseKeys(KeySetText({KeyFor("RS256").Jwk(R"("kid":"r")"), SigningKey::Ec().Jwk(R"("kid":"a")"),
                            KeyFor("EdDSA").Jwk(), key.Jwk(R"("kid":"b")")}));
  EXPECT_EQ(Judge(key.TokenOf("ES256", "", kPayload), set), kAccepted);
  EXPECT_EQ(Judge(SigningKey::Ec().TokenOf("ES256", "", kPayload), set),
            "signature: the signature is wrong: 2 of 2 keys for 'alg' 'ES256' were tried (newer keys?)");
}

// Verifications cost time, so a token must not choose how many there are.
TEST(SignatureTest, AtMostFourKeysAreTried) {
  const SigningKey& key = KeyFor("ES256");
  std::vector<std::string> jwks(3, SigningKey::Ec().Jwk(R"("kid":"same")"));
  jwks.push_back(key.Jwk(R"("kid":"same")"));
  for (const std::string kid : {"same", ""})
    EXPECT_EQ(Judge(key.TokenOf("ES256", kid, kPayload), ParseKeys(KeySetText(jwks))), kAccepted);
  jwks.insert(jwks.begin(), SigningKey::Ec().Jwk(R"("kid":"same")"));
  EXPECT_EQ(Judge(key.TokenOf("ES256", "same", kPayload), ParseKeys(KeySetText(jwks))),
            "signature: the signature is wrong: 4 of 5 keys with 'kid' 'same' were tried");
}

TEST(SignatureTest, KeysOfOneKidAndSeveralKindsAreToldApart) {
  const KeySet set =
      ParseKeys(KeySetText({KeyFor("RS256").Jwk(R"("kid":"k")"), KeyFor("ES256").Jwk(R"("kid":"k")"),
                            KeyFor("EdDSA").Jwk(R"("kid":"k")")}));
  for (const std::string algorithm : {"RS256", "PS512", "ES256", "EdDSA"})
    EXPECT_EQ(Judge(KeyFor(algorithm).TokenOf(algorithm, "k", kPayload), set), kAccepted);
}

// Errors that stay in OpenSSL's queue would end TLS connections on the same thread.
TEST(SignatureTest, NoErrorStaysInTheQueue) {
  const SigningKey& key = KeyFor("RS256");
  const KeySet set = ParseKeys(KeySetText({key.Jwk()}));
  const std::string token = key.TokenOf("RS256", "", kPayload);
  const KeySet other = ParseKeys(KeySetText({SigningKey::Rsa().Jwk()}));
  ASSERT_THAT(Judge(token, other), StartsWith(kWrong));
  EXPECT_EQ(ERR_get_error(), 0u);
}

TEST(SignatureTest, ThreadsShareAKeySet) {
  std::vector<std::string> jwks;
  for (const char* const algorithm : {"RS256", "ES256", "EdDSA"}) jwks.push_back(KeyFor(algorithm).Jwk());
  const KeySet set = ParseKeys(KeySetText(jwks));
  std::vector<std::string> tokens;
  for (const char* const algorithm : {"RS256", "PS256", "ES256", "EdDSA"})
    tokens.push_back(KeyFor(algorithm).TokenOf(algorithm, "", kPayload));
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        for (const std::string& token : tokens) EXPECT_EQ(Judge(token, set), kAccepted);
      }
    });
  }
}

}  // namespace
}  // namespace drawbridge
