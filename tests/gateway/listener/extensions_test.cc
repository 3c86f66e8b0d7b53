// The header Sec-WebSocket-Extensions by its grammar (RFC 6455, section 9.1).
#include "gateway/listener/extensions.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

using Extensions = std::vector<Extension>;

TEST(ExtensionsTest, NoneAtAll) {
  for (const std::string header : {"", " ", ",", " , ,\t,"}) {
    EXPECT_EQ(ParseExtensions(header), Extensions()) << header;
  }
}

TEST(ExtensionsTest, NamesAndParameters) {
  EXPECT_EQ(ParseExtensions("foo"), Extensions({{"foo"}}));
  EXPECT_EQ(ParseExtensions("foo, bar; baz=2"), Extensions({{"foo"}, {"bar", {{"baz", "2"}}}}));
  EXPECT_EQ(ParseExtensions("a;b;c=1;d , a;b"),
            Extensions({{"a", {{"b"}, {"c", "1"}, {"d"}}}, {"a", {{"b"}}}}));
  EXPECT_EQ(ParseExtensions("!#$%&'*+-.^_`|~aZ09"), Extensions({{"!#$%&'*+-.^_`|~aZ09"}}));
}

TEST(ExtensionsTest, AValueMayBeQuoted) {
  EXPECT_EQ(ParseExtensions("a; b=\"10\"; c"), Extensions({{"a", {{"b", "10"}, {"c"}}}}));
  EXPECT_EQ(ParseExtensions("a; b=\"1\\0\""), Extensions({{"a", {{"b", "10"}}}}));
}

TEST(ExtensionsTest, SpacesMakeNoDifference) {
  EXPECT_EQ(ParseExtensions(" \ta ;\tb = 1 ;c= \"2\" ,, d "),
            Extensions({{"a", {{"b", "1"}, {"c", "2"}}}, {"d"}}));
}

TEST(ExtensionsTest, WhatBreaksTheGrammar) {
  for (const std::string header :
       {"a;",          "a; ",           "a;;b",         "a;=1",         "a; b=",
        "a; b=;c",     "a b",           "a; b c",       "a; b=1 2",     "=",
        ";",           "a=1",           "\"a\"",        "a; \"b\"",     "a; b=\"",
        "a; b=\"1",    "a; b=\"\"",     "a; b=\"1 2\"", "a; b=\"1,2\"", "a; b=\"1\\",
        "a; b=\"1\"2", "a; b=\"\\\"\"", "a/b",          "a; b=(1)",     "a, b;",
        "a\x01",       "\xc3\xa9",      "a; b=\xc3\xa9"}) {
    EXPECT_EQ(ParseExtensions(header), std::nullopt) << header;
  }
  EXPECT_EQ(ParseExtensions(std::string("a\0b", 3)), std::nullopt);
}

}  // namespace
}  // namespace drawbridge
