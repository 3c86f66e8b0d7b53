// The form of a token and its header: each trap of RFC 7515, RFC 7519 and RFC 8725 is refused by its rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/identity/token_verifier.h"
#include "tests/gateway/identity/judge.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using std::string_literals::operator""s;

constexpr char kPayload[] = R"({"sub":"alice","exp":1700000100})";
constexpr char kAccepted[] = "principal alice";

class TokenHeaderTest : public ::testing::Test {
 protected:
  // The outcome of a token with this header, correctly signed.
  std::string JudgeHeader(const std::string& header) const {
    return Judge(key_.Token("EdDSA", header, kPayload), set_);
  }
  // The same with these members beside alg.
  std::string JudgeMembers(const std::string& members) const {
    return JudgeHeader(R"({"alg":"EdDSA",)" + members + "}");
  }

  const SigningKey key_ = SigningKey::Ed25519();
  const KeySet set_ = ParseKeys(KeySetText({key_.Jwk(R"("kid":"k")")}));
  const std::string token_ = key_.TokenOf("EdDSA", "k", kPayload);
};

TEST_F(TokenHeaderTest, TheSizeIsBounded) {
  const auto token_of = [&](size_t size) {
    std::string token;
    for (size_t filler = size / 4 * 3 - 250; token.size() < size; ++filler)
      token = key_.TokenOf("EdDSA", "",
                           R"({"sub":"alice","exp":1700000100,"x":")" + std::string(filler, 'x') + "\"}");
    return token;
  };
  std::string largest = token_of(8191);
  ASSERT_LE(largest.size(), 8192u);
  EXPECT_EQ(Judge(largest, set_), kAccepted);
  const std::string larger = token_of(8193);
  EXPECT_EQ(Judge(larger, set_),
            "size: the token has " + std::to_string(larger.size()) + " bytes: must have at most 8192");
  EXPECT_EQ(Judge(std::string(1 << 20, '.'), set_),
            "size: the token has 1048576 bytes: must have at most 8192");
}

TEST_F(TokenHeaderTest, TheSizeOfTheHeaderIsBounded) {
  const auto header_of = [](size_t size) {
    const std::string begin = R"({"alg":"EdDSA","x":")";
    return begin + std::string(size - begin.size() - 2, 'x') + "\"}";
  };
  for (const size_t size : {2046, 2047, 2048}) EXPECT_EQ(JudgeHeader(header_of(size)), kAccepted) << size;
  for (const size_t size : {2049, 2050, 2051, 5000}) {
    EXPECT_EQ(JudgeHeader(header_of(size)),
              "size: the header has " + std::to_string(size) + " bytes: must have at most 2048");
  }
}

TEST_F(TokenHeaderTest, ATokenHasThreeParts) {
  EXPECT_EQ(Judge("", set_), "format: the token has 0 dots: must have 2");
  EXPECT_EQ(Judge("abc", set_), "format: the token has 0 dots: must have 2");
  EXPECT_EQ(Judge("a.b", set_), "format: the token has 1 dots: must have 2");
  EXPECT_EQ(Judge(token_ + ".", set_), "format: the token has 3 dots: must have 2");
  EXPECT_EQ(Judge("a.b.c.d.e", set_),
            "format: the token has 4 dots: must have 2, since encrypted tokens are not supported");
  EXPECT_EQ(Judge("..", set_), "format: the header is not valid JSON: incomplete JSON");
  EXPECT_EQ(Judge("." + token_.substr(token_.find('.') + 1), set_),
            "format: the header is not valid JSON: incomplete JSON");
}

// Each would be a second spelling of the same token, or is read differently by others.
TEST_F(TokenHeaderTest, BothPartsAndTheSignatureAreCanonicalBase64Url) {
  for (const std::string& foreign :
       {"="s, "=="s, " "s, "\n"s, "+"s, "/"s, "\0"s, "%"s, "\xC3\xA4"s, "\r\n"s}) {
    EXPECT_THAT(Judge(token_ + foreign, set_), StartsWith("format: the signature must be base64url"))
        << foreign;
    EXPECT_THAT(Judge(foreign + token_, set_), StartsWith("format: the header must be base64url")) << foreign;
  }
  // The last character of 64 bytes carries four bits that are not used.
  std::string token = token_;
  ASSERT_EQ(key_.Sign("EdDSA", "x").size() % 3, 1u);
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  token.back() = alphabet[alphabet.find(token.back()) + 1];
  EXPECT_EQ(Judge(token, set_), "format: the signature must be base64url without padding");
}

TEST_F(TokenHeaderTest, APayloadOfNoBase64UrlIsRefusedThoughSigned) {
  for (const std::string payload : {"e30=", "e31", "e", "e 30"}) {
    const std::string text = EncodeBase64Url(R"({"alg":"EdDSA"})") + "." + payload;
    EXPECT_EQ(Judge(text + "." + EncodeBase64Url(key_.Sign("EdDSA", text)), set_),
              "format: the payload must be base64url without padding");
  }
}

TEST_F(TokenHeaderTest, TheHeaderIsAnUnambiguousObject) {
  for (const std::string header : {"[]", "\"EdDSA\"", "null"})
    EXPECT_EQ(JudgeHeader(header), "format: the header is not a JSON object");
  for (const std::string header :
       {"", "{", "{\"alg\":\"EdDSA\"} x", "{\"alg\":\"EdDSA\",}", "{\"alg\":\"\xFF\"}"})
    EXPECT_THAT(JudgeHeader(header), StartsWith("format: the header is not valid JSON: ")) << header;
  EXPECT_EQ(JudgeHeader(R"({"alg":"none","alg":"EdDSA"})"), "format: the header has the member 'alg' twice");
  EXPECT_EQ(JudgeHeader(R"({"alg":"EdDSA","\u0061lg":"EdDSA"})"),
            "format: the header has the member 'alg' twice");
  EXPECT_EQ(JudgeMembers(R"("kid":"a","kid":"k")"), "format: the header has the member 'kid' twice");
  EXPECT_EQ(JudgeMembers(R"("x":)" + std::string(40, '[') + std::string(40, ']')),
            "format: the header is not valid JSON: too deep");
}

TEST_F(TokenHeaderTest, AlgIsSpelledExactly) {
  const std::string all = AlgorithmSet::All().ToString();
  EXPECT_EQ(JudgeHeader("{}"), "algorithm: the header's 'alg' is missing: must be of " + all);
  EXPECT_EQ(JudgeHeader(R"({"alg":null})"),
            "algorithm: the header's 'alg' is not a string: must be of " + all);
  EXPECT_EQ(JudgeHeader(R"({"alg":["EdDSA"]})"),
            "algorithm: the header's 'alg' is not a string: must be of " + all);
  for (const std::string name : {"eddsa", "EdDSA ", "ES256K", "HS512", "none", "dir", "Ed448", "ML-DSA-44"}) {
    EXPECT_THAT(JudgeHeader(R"({"alg":")" + name + "\"}"),
                StartsWith("algorithm: the header's 'alg' is '" + name + "': must be of RS256, "));
  }
  EXPECT_THAT(JudgeHeader(R"({"alg":"EdDSA\u0000"})"),
              StartsWith("algorithm: the header's 'alg' is 'EdDSA%00'"));
}

TEST_F(TokenHeaderTest, ExtensionsAreRefused) {
  for (const std::string member :
       {R"("crit":["exp"])", R"("crit":[])", R"("crit":null)", R"("crit":["b64"],"b64":false)"})
    EXPECT_EQ(JudgeMembers(member), "extension: the header has 'crit', which is not supported");
  EXPECT_EQ(JudgeMembers(R"("b64":false)"), "extension: the header has 'b64', which is not supported");
  EXPECT_EQ(JudgeMembers(R"("b64":true)"), "extension: the header has 'b64', which is not supported");
  EXPECT_EQ(JudgeMembers(R"("zip":"DEF")"), "extension: the header has 'zip', which is not supported");
}

TEST_F(TokenHeaderTest, TypIsThatOfAnAccessToken) {
  for (const std::string type :
       {"JWT", "jwt", "Jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/JWT"})
    EXPECT_EQ(JudgeMembers(R"("typ":")" + type + "\""), kAccepted) << type;
  for (const std::string type : {"logout+jwt", "dpop+jwt", "JOSE", "JWE", "id+jwt", "", "jwt ",
                                 "application/", "application/application/jwt"})
    EXPECT_EQ(JudgeMembers(R"("typ":")" + type + "\""),
              "type: the header's 'typ' is '" + type + "': must be 'JWT' or 'at+jwt'");
  EXPECT_EQ(JudgeMembers(R"("typ":null)"),
            "type: the header's 'typ' is not a string: must be 'JWT' or 'at+jwt'");
  EXPECT_EQ(JudgeMembers(R"("typ":["JWT"])"),
            "type: the header's 'typ' is not a string: must be 'JWT' or 'at+jwt'");
}

TEST_F(TokenHeaderTest, KidIsABoundedString) {
  EXPECT_EQ(JudgeMembers(R"("kid":"k")"), kAccepted);
  EXPECT_EQ(JudgeMembers(R"("kid":1)"), "key_id: the header's 'kid' is not a string");
  EXPECT_EQ(JudgeMembers(R"("kid":null)"), "key_id: the header's 'kid' is not a string");
  EXPECT_EQ(JudgeMembers(R"("kid":")" + std::string(257, 'k') + "\""),
            "key_id: the header's 'kid' has 257 bytes: must have at most 256");
  EXPECT_THAT(JudgeMembers(R"("kid":")" + std::string(256, 'k') + "\""), StartsWith("unknown_key: "));
  EXPECT_THAT(JudgeMembers(R"("kid":"")"), StartsWith("unknown_key: the key set has no key with 'kid' ''"));
  EXPECT_THAT(JudgeMembers(R"("kid":"../../etc/passwd")"), StartsWith("unknown_key: "));
  EXPECT_THAT(JudgeMembers(R"("kid":"k\u0000")"),
              StartsWith("unknown_key: the key set has no key with 'kid' 'k%00'"));
  EXPECT_THAT(JudgeMembers(R"("kid":"\"\r\nX: y\\\u00e4")"), HasSubstr("'kid' '%22%0D%0AX: y%5C%C3%A4'"));
}

TEST_F(TokenHeaderTest, MembersThatDoNotMatterAreIgnored) {
  EXPECT_EQ(JudgeMembers(R"("cty":"JWT","nonce":"n","x":{"y":[1e308,null,"\u0000"]},"x5t":1)"), kAccepted);
}

// A verifier that parsed the payload first would run its parser on bytes that no issuer has signed.
TEST_F(TokenHeaderTest, ThePayloadIsParsedOnlyAfterTheSignature) {
  const std::string token =
      EncodeBase64Url(R"({"alg":"EdDSA"})") + ".x." + EncodeBase64Url(std::string(64, 's'));
  EXPECT_THAT(Judge(token, set_), StartsWith("signature: "));
}

TEST_F(TokenHeaderTest, NoRefusalContainsTheToken) {
  const SigningKey other = SigningKey::Ed25519();
  for (const std::string& token :
       {other.TokenOf("EdDSA", "k", kPayload), other.TokenOf("EdDSA", "unknown", kPayload),
        other.TokenOf("EdDSA", "", kPayload), token_ + ".", "Bearer " + token_}) {
    EXPECT_THAT(Judge(token, set_), Not(HasSubstr(EncodeBase64Url(kPayload))));
  }
}

}  // namespace
}  // namespace drawbridge
