// Base64url decodes to the right bytes, and each text that is not canonical is refused.
#include "gateway/identity/base64url.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using std::string_literals::operator""s;

TEST(Base64UrlTest, DecodesTheVectorsOfTheRfc) {
  // RFC 4648, section 10, without padding, and RFC 7515, appendix C.
  EXPECT_EQ(DecodeBase64Url(""), "");
  EXPECT_EQ(DecodeBase64Url("Zg"), "f");
  EXPECT_EQ(DecodeBase64Url("Zm8"), "fo");
  EXPECT_EQ(DecodeBase64Url("Zm9v"), "foo");
  EXPECT_EQ(DecodeBase64Url("Zm9vYg"), "foob");
  EXPECT_EQ(DecodeBase64Url("Zm9vYmE"), "fooba");
  EXPECT_EQ(DecodeBase64Url("Zm9vYmFy"), "foobar");
  EXPECT_EQ(DecodeBase64Url("A-z_4ME"), "\x03\xEC\xFF\xE0\xC1");
}

TEST(Base64UrlTest, RefusesWhatIsNotCanonical) {
  for (const std::string& text : {"Zg=="s,     // padding
                                  "Zm8="s,     //
                                  "Z"s,        // no whole byte
                                  "Zm9vY"s,    //
                                  "Zh"s,       // last bits that are not zero
                                  "Zm9"s,      //
                                  "A+z/4ME"s,  // the alphabet of RFC 4648, section 4
                                  "Zm9v\n"s,   // white space
                                  "Zm 9v"s,    //
                                  "Zm9v\0"s,   //
                                  "\0m9v"s,    //
                                  "Zm9\xC3"s,  // not ASCII
                                  "Zm9v.Zm9v"s}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

TEST(Base64UrlTest, EachByteInEachPlaceSurvives) {
  std::mt19937 random(7);
  for (size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes) << size;
  }
}

// Two texts of the same bytes would be two tokens with the same signature: a cache or a ban could be passed
// by.
TEST(Base64UrlTest, OnlyOneTextDecodesToSomething) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const auto bytes = DecodeBase64Url(text);
      if (bytes.has_value()) {
        EXPECT_EQ(EncodeBase64Url(*bytes), text);
      }
    }
  }
}

}  // namespace
}  // namespace drawbridge
