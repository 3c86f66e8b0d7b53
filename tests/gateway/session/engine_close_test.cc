// Close frames (RFC 6455, sections 5.5.1 and 7.4): which codes and reasons a peer may send.
#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"
#include "tests/gateway/session/engine_events.h"

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// An error for a close frame, whose code and reason are still reported.
SeenEvent SeenBadClose(CloseCause cause, std::string_view explanation, uint16_t code,
                       std::string_view reason = {}) {
  SeenEvent event = SeenError(cause, explanation);
  event.opcode = Opcode::kClose;
  event.code = code;
  event.payload = reason;
  return event;
}

TEST(EngineSection551Test, ACloseFrameMayBeEmpty) {
  EXPECT_THAT(EventsOf(Fragment(0x8, "", true)), ElementsAre(SeenClose(kNoStatusReceived)));
}

TEST(EngineSection551Test, HalfACodeIsAnError) {
  EXPECT_THAT(
      EventsOf(Fragment(0x8, "\x03", true)),
      ElementsAre(SeenBadClose(CloseCause::kProtocolError, "close frame of one byte", kNoStatusReceived)));
}

TEST(EngineSection551Test, BringsCodeAndReason) {
  EXPECT_THAT(EventsOf(CloseFrame(1000)), ElementsAre(SeenClose(1000)));
  EXPECT_THAT(EventsOf(CloseFrame(4711, "so long")), ElementsAre(SeenClose(4711, "so long")));
  const std::string longest(kMaxCloseReason, 'r');
  EXPECT_THAT(EventsOf(CloseFrame(1001, longest)), ElementsAre(SeenClose(1001, longest)));
  EXPECT_THAT(EventsOf(CloseFrame(1001, longest + "r")),
              ElementsAre(SeenError(CloseCause::kProtocolError, "control frame over 125 bytes")));
}

// Section 7.4.1, and 1012 to 1014, which the IANA registry has added.
bool MayBeSent(uint32_t code) {
  switch (code) {
    case 1000:
    case 1001:
    case 1002:
    case 1003:
    case 1007:
    case 1008:
    case 1009:
    case 1010:
    case 1011:
    case 1012:
    case 1013:
    case 1014:
      return true;
    default:
      return code >= 3000 && code < 5000;
  }
}

TEST(EngineSection74Test, EveryCodeIsAllowedOrAnError) {
  for (uint32_t code = 0; code <= 0xffff; ++code) {
    const auto seen = static_cast<uint16_t>(code == 0 ? kNoStatusReceived : code);
    const auto expected = MayBeSent(code)
                              ? SeenClose(seen, "bye")
                              : SeenBadClose(CloseCause::kProtocolError, "forbidden close code", seen, "bye");
    ASSERT_THAT(EventsOf(CloseFrame(static_cast<uint16_t>(code), "bye")), ElementsAre(expected)) << code;
  }
}

TEST(EngineSection551Test, TheReasonIsUtf8) {
  EXPECT_THAT(EventsOf(CloseFrame(1000, "\xf0\x9f\x8c\x89")),
              ElementsAre(SeenClose(1000, "\xf0\x9f\x8c\x89")));
  const auto error = SeenBadClose(CloseCause::kInvalidUtf8, "close reason is not UTF-8", 1000);
  for (const std::string reason : {"\xff", "cut \xe2\x82", "\xed\xa0\x80", "\xc0\xaf"}) {
    EXPECT_THAT(EventsOf(CloseFrame(1000, reason)), ElementsAre(error)) << ::testing::PrintToString(reason);
  }
}

// A close frame between the fragments of a text: its reason is not checked as a continuation of the text.
TEST(EngineSection551Test, TheReasonIsCheckedApartFromAFragmentedText) {
  EXPECT_THAT(EventsOf(Fragment(0x1, "\xe2", false) + CloseFrame(1000, "bye")),
              ElementsAre(SeenClose(1000, "bye")));
  EXPECT_THAT(EventsOf(Fragment(0x1, "\xe2", false) + CloseFrame(1000, "\x82\xac")), SizeIs(1));
  EXPECT_EQ(EventsOf(Fragment(0x1, "\xe2", false) + CloseFrame(1000, "\x82\xac"))[0].cause,
            CloseCause::kInvalidUtf8);
}

}  // namespace
}  // namespace drawbridge
