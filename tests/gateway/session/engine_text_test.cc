// Text is UTF-8 (RFC 6455, section 8.1), wherever frames and reads divide it. An invalid byte is reported at
// once.
#include <cstddef>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"
#include "tests/gateway/session/engine_events.h"

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kGreek[] = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";

SeenEvent InvalidUtf8() { return SeenError(CloseCause::kInvalidUtf8, "invalid UTF-8"); }

TEST(EngineSection81Test, ValidText) {
  for (const std::string text :
       {"", "ASCII", kGreek, "\xf0\x9f\x8c\x89", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"}) {
    EXPECT_THAT(EventsOf(TextFrame(text)), ElementsAre(SeenText(text)));
  }
  EXPECT_THAT(EventsOf(TextFrame(std::string(3, '\0'))), ElementsAre(SeenText(std::string(3, '\0'))));
}

TEST(EngineSection81Test, InvalidText) {
  for (const std::string text :
       {"\x80", "\xff", "a\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82",
        "long enough ASCII before it \xf0\x9f\x8c"}) {
    EXPECT_THAT(EventsOf(TextFrame(text)), ElementsAre(InvalidUtf8())) << ::testing::PrintToString(text);
  }
}

TEST(EngineSection81Test, BinaryMayHoldAnything) {
  EXPECT_THAT(EventsOf(BinaryFrame("\xff\x80")), ElementsAre(SeenBinary("\xff\x80")));
  EXPECT_THAT(EventsOf(Fragment(0x2, "\xff", false) + Fragment(0x0, "\xe2", true)),
              ElementsAre(SeenBinary("\xff\xe2")));
}

TEST(EngineSection81Test, FragmentsMayCutACharacter) {
  const std::string text = std::string(kGreek) + "\xf0\x9f\x8c\x89";
  for (size_t first = 0; first <= text.size(); ++first) {
    for (size_t second = first; second <= text.size(); ++second) {
      const std::string bytes = Fragment(0x1, text.substr(0, first), false) + PingFrame("\xff") +
                                Fragment(0x0, text.substr(first, second - first), false) +
                                Fragment(0x0, text.substr(second), true);
      EXPECT_THAT(EventsOf(bytes), ElementsAre(SeenPing("\xff"), SeenText(text))) << first << ' ' << second;
    }
  }
}

TEST(EngineSection81Test, ATextMustNotEndInsideACharacter) {
  EXPECT_THAT(EventsOf(Fragment(0x1, "ab\xe2", false) + Fragment(0x0, "\x82", true)),
              ElementsAre(InvalidUtf8()));
  EXPECT_THAT(EventsOf(Fragment(0x1, "\xe2\x82", false) + Fragment(0x0, "", true)),
              ElementsAre(InvalidUtf8()));
  // The next message does not complete it, either.
  EXPECT_THAT(EventsOf(TextFrame("\xe2\x82") + TextFrame("\xac")), ElementsAre(InvalidUtf8()));
}

TEST(EngineSection81Test, EachMessageIsCheckedAnew) {
  EXPECT_THAT(EventsOf(TextFrame(kGreek) + BinaryFrame("\xe2") + TextFrame("fine")),
              ElementsAre(SeenText(kGreek), SeenBinary("\xe2"), SeenText("fine")));
}

TEST(EngineSection81Test, ABadByteIsToldBeforeTheMessageIsWhole) {
  EXPECT_THAT(EventsOf(Fragment(0x1, "fine \xff", false)), ElementsAre(InvalidUtf8()));
  const std::string half = TextFrame("fine \xed\xa0" + std::string(1000, 'x')).substr(0, 8 + 7);
  EXPECT_THAT(EventsOf(half.substr(0, half.size() - 1)), IsEmpty());
  EXPECT_THAT(EventsOf(half), ElementsAre(InvalidUtf8()));
}

// Byte by byte, the error is reported at the first byte that no continuation can make valid.
TEST(EngineSection81Test, FailsFastInEveryFragment) {
  const std::string before = Fragment(0x1, kGreek, false) + Fragment(0x0, "\xf4", false);
  const std::string bad = Fragment(0x0, "\x90\x80\x80 and more", false);
  const std::string bytes = before + bad;
  Engine engine(kTestLimit);
  std::vector<SeenEvent> seen;
  size_t taken = 0;
  while (taken < bytes.size() && Feed(engine, bytes.substr(taken, 1), seen)) ++taken;
  EXPECT_THAT(seen, ElementsAre(InvalidUtf8()));
  EXPECT_EQ(taken, before.size() + 6) << "the first byte behind the header of six";
}

}  // namespace
}  // namespace drawbridge
