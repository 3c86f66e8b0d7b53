// JSON that parsers could read differently is refused, and what is accepted keeps its values.
#include "gateway/identity/strict_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <variant>

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using std::string_literals::operator""s;

// The object as text, or the reason for the refusal.
std::string Parse(const std::string& text) {
  const auto parsed = ParseStrictJson(text);
  if (const auto* const object = std::get_if<boost::json::object>(&parsed))
    return boost::json::serialize(*object);
  return std::get<std::string>(parsed);
}

std::string Nested(size_t depth) {
  return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

TEST(StrictJsonTest, KeepsWhatItParses) {
  for (const std::string text :
       {R"({})", R"({"a":1,"b":-2,"c":18446744073709551615,"d":1.5E0,"e":true,"f":null})",
        R"({"a":[1,[2,{"b":[]}],"x"],"b":{"a":{"a":"y"}},"":"empty name"})",
        "{\"a\":\"\xC3\xA4\xF0\x9F\x98\x80\"}"}) {
    EXPECT_EQ(Parse(text), text);
  }
  EXPECT_EQ(Parse(" \t\r\n{ \"a\" : [ ] }\n"), R"({"a":[]})");
  EXPECT_EQ(Parse(R"({"a":"\u00e4\ud83d\ude00\n\u0000"})"), "{\"a\":\"\xC3\xA4\xF0\x9F\x98\x80\\n\\u0000\"}");
}

TEST(StrictJsonTest, EscapesAndLongTextsStayWhole) {
  const std::string text = R"({"a\tb":"\u0041)" + std::string(5000, 'x') + R"(\u0042"})";
  EXPECT_EQ(Parse(text), R"({"a\tb":"A)" + std::string(5000, 'x') + R"(B"})");
}

TEST(StrictJsonTest, RefusesADuplicateMemberAtAnyDepth) {
  EXPECT_EQ(Parse(R"({"sub":"alice","sub":"bob"})"), "has the member 'sub' twice");
  EXPECT_EQ(Parse(R"({"sub":"alice","s\u0075b":"bob"})"), "has the member 'sub' twice");
  EXPECT_EQ(Parse(R"({"sub":null,"a":{"b":[1]},"sub":"bob"})"), "has the member 'sub' twice");
  EXPECT_EQ(Parse(R"({"a":{"b":[{"c":{},"c":{}}]}})"), "has the member 'c' twice");
  EXPECT_EQ(Parse(R"({"":1,"":2})"), "has the member '' twice");
  EXPECT_EQ(Parse(R"({"a\"\n":1,"a\"\n":2})"), "has the member 'a%22%0A' twice");
  // More members than Boost compares one by one.
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"m" + std::to_string(i) + "\":1,";
  EXPECT_EQ(Parse(many + R"("m7":2})"), "has the member 'm7' twice");
  EXPECT_THAT(Parse(many + R"("m100":2})"), StartsWith("{"));
}

TEST(StrictJsonTest, ANameMayOccurInSeveralObjects) {
  EXPECT_THAT(Parse(R"({"a":{"a":[{"a":1},{"a":2}]}})"), StartsWith("{"));
}

TEST(StrictJsonTest, RefusesMoreThan32Levels) {
  EXPECT_THAT(Parse(Nested(32)), StartsWith("{"));
  EXPECT_EQ(Parse(Nested(33)), "is not valid JSON: too deep");
  EXPECT_EQ(Parse(std::string(8000, '{')), "is not valid JSON: syntax error");
  EXPECT_EQ(Parse(R"({"a":)" + std::string(8000, '[')), "is not valid JSON: too deep");
}

TEST(StrictJsonTest, RefusesNumbersThatDoNotFit) {
  EXPECT_EQ(Parse(R"({"a":1e400})"), "has a number that is too large");
  EXPECT_EQ(Parse(R"({"a":[-1e400]})"), "has a number that is too large");
  EXPECT_EQ(Parse(R"({"a":1)" + std::string(400, '0') + "}"), "has a number that is too large");
  EXPECT_THAT(Parse(R"({"a":1e99999999999})"), Not(StartsWith("{")));
  EXPECT_THAT(Parse(R"({"a":1e308,"b":1e-400,"c":18446744073709551616})"), StartsWith("{"));
}

TEST(StrictJsonTest, RefusesOtherValuesThanAnObject) {
  for (const std::string text : {"[]", "1", "\"a\"", "null", "true", "1.5", R"([{"a":1}])"})
    EXPECT_EQ(Parse(text), "is not a JSON object") << text;
}

TEST(StrictJsonTest, RefusesWhatIsNotJson) {
  for (const std::string& text : {""s,
                                  " "s,
                                  "{"s,
                                  "{\"a\":1"s,
                                  "{}{}"s,
                                  "{} x"s,
                                  "{}\0"s,
                                  "{a:1}"s,
                                  "{'a':1}"s,
                                  "{\"a\":1,}"s,
                                  "{\"a\":01}"s,
                                  "{\"a\":+1}"s,
                                  "{\"a\":NaN}"s,
                                  "{\"a\":Infinity}"s,
                                  "{\"a\":0x1}"s,
                                  "{/**/}"s,
                                  "{} // x"s,
                                  "\xEF\xBB\xBF{}"s,
                                  "{\"a\":\"\n\"}"s,
                                  "{\"a\":\"\\x41\"}"s}) {
    EXPECT_THAT(Parse(text), StartsWith("is not valid JSON: ")) << text;
  }
}

TEST(StrictJsonTest, RefusesTextThatIsNotUtf8) {
  for (const std::string bytes : {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\\ud83d",
                                  "\\ude00", "\\ud83d\\u0041"}) {
    EXPECT_THAT(Parse("{\"a\":\"" + bytes + "\"}"), StartsWith("is not valid JSON: ")) << bytes;
    EXPECT_THAT(Parse("{\"" + bytes + "\":1}"), StartsWith("is not valid JSON: ")) << bytes;
  }
}

TEST(StrictJsonTest, TheReasonHasNoValue) {
  EXPECT_THAT(Parse(R"({"a":"secret","a":"secret"})"), Not(HasSubstr("secret")));
  EXPECT_THAT(Parse(R"({"a":"secret)"), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace drawbridge
