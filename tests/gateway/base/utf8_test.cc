// Compares the automaton with a reference that decodes and then checks the code point.
#include "gateway/base/utf8.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

uint8_t Byte(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

// The length of the first character in bytes; 0: it is invalid.
size_t ReferenceCharacter(std::string_view text) {
  const uint8_t lead = Byte(text, 0);
  const size_t size = lead < 0x80         ? 1
                      : lead >> 5 == 0x6  ? 2
                      : lead >> 4 == 0xe  ? 3
                      : lead >> 3 == 0x1e ? 4
                                          : 0;
  if (size == 0 || text.size() < size) return 0;
  uint32_t point = size == 1 ? lead : lead & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    if (Byte(text, i) >> 6 != 0x2) return 0;
    point = point << 6 | (Byte(text, i) & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return 0;
  return size;
}

bool ReferenceIsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = ReferenceCharacter(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

// Whether some continuation makes the text valid. The tails cover all cases of an incomplete character.
bool ReferenceIsPrefix(const std::string& text) {
  if (ReferenceIsUtf8(text)) return true;
  for (const char* tail :
       {"\x80", "\xbf", "\x80\x80", "\xbf\x80", "\x80\x80\x80", "\x90\x80\x80", "\xa0\x80"}) {
    if (ReferenceIsUtf8(text + tail)) return true;
  }
  return false;
}

void Check(const std::string& text) {
  Utf8Checker checker;
  const bool fed = checker.Feed(text);
  // EXPECT is slow, and this runs seventeen million times.
  if (fed != ReferenceIsPrefix(text)) ADD_FAILURE() << "Feed " << ::testing::PrintToString(text);
  if ((fed && checker.AtBoundary()) != ReferenceIsUtf8(text))
    ADD_FAILURE() << "AtBoundary " << ::testing::PrintToString(text);
}

TEST(Utf8Test, EverySequenceOfUpToTwoBytes) {
  Check("");
  for (int first = 0; first < 256; ++first) {
    Check(std::string(1, static_cast<char>(first)));
    for (int second = 0; second < 256; ++second) {
      Check({static_cast<char>(first), static_cast<char>(second)});
    }
  }
}

TEST(Utf8Test, EverySequenceOfThreeBytes) {
  for (uint32_t bytes = 0; bytes < 1u << 24; ++bytes) {
    Check({static_cast<char>(bytes >> 16), static_cast<char>(bytes >> 8), static_cast<char>(bytes)});
  }
}

TEST(Utf8Test, EverySequenceOfFourBytesAtTheEdgesOfTheRanges) {
  const std::string edges(
      "\x00\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff", 24);
  for (const char a : edges) {
    for (const char b : edges) {
      for (const char c : edges) {
        for (const char d : edges) Check({a, b, c, d});
      }
    }
  }
}

TEST(Utf8Test, EveryCodePointAndNothingElse) {
  for (uint32_t point = 0x10000; point <= 0x10ffff; ++point) {
    const std::string text = {
        static_cast<char>(0xf0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3f)),
        static_cast<char>(0x80 | (point >> 6 & 0x3f)), static_cast<char>(0x80 | (point & 0x3f))};
    if (!IsUtf8(text)) ADD_FAILURE() << std::hex << point;
  }
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));
}

// ASCII is skipped eight bytes at a time, so an invalid byte is tested at every offset.
TEST(Utf8Test, SeesABadByteAtEveryPlaceOfALongText) {
  for (size_t size = 1; size < 40; ++size) {
    const std::string ascii(size, 'a');
    EXPECT_TRUE(IsUtf8(ascii));
    for (size_t at = 0; at < size; ++at) {
      for (const char bad : {'\x80', '\xff', '\xc0'}) {
        std::string text = ascii;
        text[at] = bad;
        EXPECT_FALSE(IsUtf8(text)) << size << " bytes, bad at " << at;
      }
      EXPECT_TRUE(IsUtf8(ascii.substr(0, at) + "\xf0\x9f\x8c\x89" + ascii.substr(at))) << size << ' ' << at;
    }
  }
}

TEST(Utf8Test, TheSameAnswerHoweverTheTextIsCut) {
  const std::vector<std::string> texts = {"plain ASCII that is longer than eight bytes",
                                          "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
                                          "\xf0\x9f\x8c\x89\xf0\x9f\x8c\x89 bridge \xf0\x9f\x8c\x89",
                                          "ends in a half \xf0\x9f\x8c",
                                          "surrogate \xed\xa0\x80 in CESU",
                                          "overlong \xc0\xaf and more",
                                          "\xf4\x8f\xbf\xbf\xef\xbf\xbf"};
  for (const std::string& text : texts) {
    for (size_t first = 0; first <= text.size(); ++first) {
      for (size_t second = first; second <= text.size(); ++second) {
        Utf8Checker checker;
        bool fed = checker.Feed(std::string_view(text).substr(0, first));
        fed = checker.Feed(std::string_view(text).substr(first, second - first)) && fed;
        fed = checker.Feed(std::string_view(text).substr(second)) && fed;
        ASSERT_EQ(fed, ReferenceIsPrefix(text)) << text << " cut at " << first << " and " << second;
        ASSERT_EQ(fed && checker.AtBoundary(), ReferenceIsUtf8(text)) << text;
      }
    }
  }
}

TEST(Utf8Test, FailsAtTheFirstByteThatNothingCanRepair) {
  const std::string bad[] = {"\xc0", "\xc1", "\xe0\x9f", "\xed\xa0", "\xf0\x8f", "\xf4\x90", "\xf5", "\x80"};
  for (const std::string& text : bad) {
    Utf8Checker checker;
    for (size_t i = 0; i + 1 < text.size(); ++i) ASSERT_TRUE(checker.Feed(text.substr(i, 1)));
    EXPECT_FALSE(checker.Feed(text.substr(text.size() - 1))) << ::testing::PrintToString(text);
  }
}

TEST(Utf8Test, OnceWrongAlwaysWrong) {
  Utf8Checker checker;
  EXPECT_FALSE(checker.Feed("\xff"));
  EXPECT_FALSE(checker.Feed(""));
  EXPECT_FALSE(checker.Feed("fine by itself"));
  EXPECT_FALSE(checker.AtBoundary());
}

TEST(Utf8Test, TellsTheFirstCharacter) {
  const auto first = [](std::string_view text) {
    const auto character = FirstUtf8Character(text);
    return character.has_value() ? std::pair(character->size, character->code) : std::pair(size_t{0}, U'\0');
  };
  EXPECT_EQ(first("az"), std::pair(size_t{1}, U'a'));
  EXPECT_EQ(first(std::string_view("\0", 1)), std::pair(size_t{1}, U'\0'));
  EXPECT_EQ(first("\u00fcz"), std::pair(size_t{2}, U'\u00fc'));
  EXPECT_EQ(first("\u20acz"), std::pair(size_t{3}, U'\u20ac'));
  EXPECT_EQ(first("\U0010ffffz"), std::pair(size_t{4}, U'\U0010ffff'));
  for (const std::string_view bad : {"\xff", "\x80", "\xc3", "\xe2\x82", "\xe2\x82z", "\xc0\x9b",
                                     "\xed\xa0\x80", "\xf0\x9f\x8c", "\xf4\x90\x80\x80"}) {
    EXPECT_FALSE(FirstUtf8Character(bad).has_value()) << ::testing::PrintToString(bad);
  }
}

TEST(Utf8Test, FindsControlCharacters) {
  for (const std::string_view bad :
       {std::string_view("a\0", 2), std::string_view("a\n"), std::string_view("\x1f"),
        std::string_view("\x7f"), std::string_view("\u0080"), std::string_view("a\u009b2J"),
        std::string_view("\u009f"), std::string_view("\xff")}) {
    EXPECT_TRUE(HasControlCharacter(bad)) << ::testing::PrintToString(bad);
  }
  for (const std::string_view good : {"", " ~", "\u00a0", "J\u00fcrgen", "\U0001f600"})
    EXPECT_FALSE(HasControlCharacter(good)) << good;
}

}  // namespace
}  // namespace drawbridge
