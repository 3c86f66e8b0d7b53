#include "tools/ctl/printable.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge::ctl {
namespace {

TEST(PrintableTest, TextStaysAsItIs) {
  EXPECT_EQ(Printable("Mozilla/5.0 (X11; \"a\\b\")"), "Mozilla/5.0 (X11; \"a\\b\")");
  EXPECT_EQ(Printable("Grüße, 世界 🙂"), "Grüße, 世界 🙂");
}

TEST(PrintableTest, ControlCharactersAreEscaped) {
  EXPECT_EQ(Printable("\x1b[2J\x1b]0;owned\x07"), "\\x1b[2J\\x1b]0;owned\\x07");
  EXPECT_EQ(Printable("a\nb\rc\td"), "a\\x0ab\\x0dc\\x09d");
  EXPECT_EQ(Printable(std::string("a\0b\x7f", 4)), "a\\x00b\\x7f");
  // A C1 character that terminals may take for ESC [.
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m");
}

TEST(PrintableTest, WhatTurnsOrHidesTextIsEscaped) {
  EXPECT_EQ(Printable("a\u202Eb\u2066c\u200Bd\u2028e\uFEFFf"), "a\\u202eb\\u2066c\\u200bd\\u2028e\\ufefff");
  EXPECT_EQ(Printable("\U000E0041"), "\\U000e0041");
}

TEST(PrintableTest, BytesThatAreNoUtf8AreEscaped) {
  EXPECT_EQ(Printable("a\xff\xc3"), "a\\xff\\xc3");
  EXPECT_EQ(Printable("\xc0\x9b"), "\\xc0\\x9b");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(PrintableTest, WhatIsPrintableIsNotEscapedAgain) {
  const std::string once = Printable("\x1b[0m\xff\u202E");
  EXPECT_EQ(Printable(once), once);
}

TEST(PrintableTest, WidthIsThatOfTheTerminal) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("ü"), 1u);
  EXPECT_EQ(DisplayWidth("世界"), 4u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);
}

TEST(PrintableTest, ShortenedTextFitsAndSaysSo) {
  EXPECT_EQ(Shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(Shorten("abcdef", 5), "abcd…");
  EXPECT_EQ(Shorten("abcdef", 1), "…");
  EXPECT_EQ(Shorten("abcdef", 0), "");
  // A wide character that would fit only by half is left out.
  EXPECT_EQ(Shorten("世界界", 4), "世…");
}

}  // namespace
}  // namespace drawbridge::ctl
