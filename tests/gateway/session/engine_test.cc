// The rules of RFC 6455, section by section: what a client may send, and which events the engine reports.
#include "gateway/session/engine.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"
#include "tests/gateway/session/engine_events.h"

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SeenEvent ProtocolError(std::string_view explanation) {
  return SeenError(CloseCause::kProtocolError, explanation);
}
SeenEvent TooBig() { return SeenError(CloseCause::kTooBig, "message too big"); }

// ------------------------------------------------------------------------------------- 5.1, 5.2: one frame

TEST(EngineSection51Test, AFrameThatIsNotMaskedIsAnError) {
  for (const uint8_t opcode : {0x1, 0x2, 0x8, 0x9, 0xa}) {
    const ClientFrame frame{.opcode = opcode, .payload = "abc", .masked = false};
    EXPECT_THAT(EventsOf(frame.Bytes()), ElementsAre(ProtocolError("frame not masked")));
  }
}

TEST(EngineSection52Test, EachReservedBitIsAnErrorWithoutAnExtension) {
  for (const uint8_t opcode : {0x0, 0x1, 0x2, 0x8, 0x9, 0xa}) {
    for (uint8_t reserved = 1; reserved < 8; ++reserved) {
      const ClientFrame frame{.opcode = opcode, .reserved = reserved};
      EXPECT_THAT(EventsOf(frame.Bytes()), ElementsAre(ProtocolError("reserved bits set"))) << int{reserved};
    }
  }
}

TEST(EngineSection52Test, EachReservedOpcodeIsAnError) {
  for (const uint8_t opcode : {0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf}) {
    for (const bool fin : {true, false}) {
      const ClientFrame frame{.opcode = opcode, .payload = "x", .fin = fin};
      EXPECT_THAT(EventsOf(frame.Bytes()), ElementsAre(ProtocolError("reserved opcode"))) << int{opcode};
    }
  }
}

TEST(EngineSection52Test, EveryFormOfLengthAtItsEdges) {
  for (const size_t length : {0, 1, 2, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537, 200000}) {
    std::string payload(length, '\0');
    for (size_t i = 0; i < length; ++i) payload[i] = static_cast<char>(i * 131 >> 3);
    EXPECT_THAT(EventsOf(BinaryFrame(payload)), ElementsAre(SeenBinary(payload))) << length;
    const std::string text(length, 'a');
    EXPECT_THAT(EventsOf(TextFrame(text)), ElementsAre(SeenText(text))) << length;
  }
}

TEST(EngineSection52Test, ALengthMustBeInItsShortestForm) {
  for (const uint64_t length : {0, 1, 125}) {
    const ClientFrame frame{.payload = std::string(length, 'x'), .form = LengthForm::kTwoBytes};
    EXPECT_THAT(EventsOf(frame.Bytes()), ElementsAre(ProtocolError("length not in its shortest form")));
  }
  for (const uint64_t length : {0, 125, 126, 65535}) {
    const ClientFrame frame{.payload = std::string(length, 'x'), .form = LengthForm::kEightBytes};
    EXPECT_THAT(EventsOf(frame.Bytes()), ElementsAre(ProtocolError("length not in its shortest form")));
  }
}

TEST(EngineSection52Test, TheTopBitOfALengthMustBeClear) {
  for (const uint64_t length : {uint64_t{1} << 63, ~uint64_t{0}, (uint64_t{1} << 63) + 5}) {
    const ClientFrame frame{.opcode = 0x2, .announced = length};
    EXPECT_THAT(EventsOf(frame.Header()), ElementsAre(ProtocolError("length over 63 bits")));
  }
  const ClientFrame largest{.opcode = 0x2, .announced = (uint64_t{1} << 63) - 1};
  EXPECT_THAT(EventsOf(largest.Header()), ElementsAre(TooBig()));
}

TEST(EngineSection52Test, NothingIsSaidOfAHeaderThatIsNotThereWhole) {
  const std::string header =
      ClientFrame{.opcode = 0x3, .payload = std::string(70000, 'x'), .reserved = 7}.Header();
  ASSERT_EQ(header.size(), kMaxHeaderSize);
  for (size_t size = 0; size < header.size(); ++size) {
    EXPECT_THAT(EventsOf(header.substr(0, size)), IsEmpty()) << size;
  }
  EXPECT_THAT(EventsOf(header), ElementsAre(ProtocolError("reserved bits set")));
}

TEST(EngineSection52Test, NothingIsSaidOfAMessageThatIsNotThereWhole) {
  const std::string frame = BinaryFrame("payload");
  for (size_t size = 0; size < frame.size(); ++size) EXPECT_THAT(EventsOf(frame.substr(0, size)), IsEmpty());
}

TEST(EngineSection53Test, EveryKeyUnmasks) {
  const std::string payload = "seventeen letters";
  for (const uint32_t key : {0u, 1u, 0xffffffffu, 0x80000000u, 0x12345678u, 0xff00ff00u}) {
    const ClientFrame frame{.payload = payload, .key = key};
    EXPECT_THAT(EventsOf(frame.Bytes()), ElementsAre(SeenText(payload))) << key;
  }
}

TEST(EngineSection57Test, TheExamplesOfTheRfc) {
  EXPECT_THAT(EventsOf("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), ElementsAre(SeenText("Hello")));
  EXPECT_THAT(EventsOf("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), ElementsAre(SeenPong("Hello")));
}

// ------------------------------------------------------------------------------------- 5.4: fragmentation

TEST(EngineSection54Test, FragmentsAreJoinedUnderTheFirstOnesOpcode) {
  EXPECT_THAT(EventsOf(Fragment(0x1, "He", false) + Fragment(0x0, "llo", true)),
              ElementsAre(SeenText("Hello")));
  EXPECT_THAT(EventsOf(Fragment(0x2, "a", false) + Fragment(0x0, "b", false) + Fragment(0x0, "c", true)),
              ElementsAre(SeenBinary("abc")));
}

TEST(EngineSection54Test, FragmentsMayBeEmpty) {
  for (const std::string first : {"", "a"}) {
    for (const std::string middle : {"", "b"}) {
      for (const std::string last : {"", "c"}) {
        const std::string whole = std::string(first).append(middle).append(last);
        EXPECT_THAT(
            EventsOf(Fragment(0x1, first, false) + Fragment(0x0, middle, false) + Fragment(0x0, last, true)),
            ElementsAre(SeenText(whole)));
      }
    }
  }
}

TEST(EngineSection54Test, AMessageMayHaveManyFragments) {
  std::string bytes = Fragment(0x2, "0", false);
  for (int i = 0; i < 10'000; ++i) bytes += Fragment(0x0, "x", false);
  bytes += Fragment(0x0, "", true);
  EXPECT_THAT(EventsOf(bytes), ElementsAre(SeenBinary("0" + std::string(10'000, 'x'))));
}

TEST(EngineSection54Test, AMessageIsForgottenWhenItIsWhole) {
  const std::string joined = Fragment(0x2, "ab", false) + Fragment(0x0, "cd", true);
  EXPECT_THAT(EventsOf(joined + TextFrame("whole") + joined),
              ElementsAre(SeenBinary("abcd"), SeenText("whole"), SeenBinary("abcd")));
}

TEST(EngineSection54Test, AContinuationNeedsABeginning) {
  const auto error = ProtocolError("continuation without a message");
  EXPECT_THAT(EventsOf(Fragment(0x0, "x", true)), ElementsAre(error));
  EXPECT_THAT(EventsOf(Fragment(0x0, "", false)), ElementsAre(error));
  EXPECT_THAT(EventsOf(TextFrame("a") + Fragment(0x0, "x", true)), ElementsAre(SeenText("a"), error));
  const std::string joined = Fragment(0x1, "a", false) + Fragment(0x0, "b", true);
  EXPECT_THAT(EventsOf(joined + Fragment(0x0, "c", true)), ElementsAre(SeenText("ab"), error));
}

TEST(EngineSection54Test, NoMessageBeginsInsideAnother) {
  const auto error = ProtocolError("new message inside a fragmented one");
  for (const uint8_t opcode : {0x1, 0x2}) {
    for (const bool fin : {true, false}) {
      EXPECT_THAT(EventsOf(Fragment(0x1, "a", false) + Fragment(opcode, "b", fin)), ElementsAre(error));
      EXPECT_THAT(EventsOf(Fragment(0x2, "", false) + Fragment(opcode, "", fin)), ElementsAre(error));
    }
  }
}

TEST(EngineSection54Test, ControlFramesComeBetweenFragments) {
  const std::string bytes = Fragment(0x1, "a", false) + PingFrame("1") + Fragment(0x0, "b", false) +
                            PongFrame("2") + PingFrame("") + Fragment(0x0, "c", true);
  EXPECT_THAT(EventsOf(bytes), ElementsAre(SeenPing("1"), SeenPong("2"), SeenPing(""), SeenText("abc")));
  EXPECT_THAT(EventsOf(Fragment(0x1, "a", false) + CloseFrame(1000)), ElementsAre(SeenClose(1000)));
}

// ------------------------------------------------------------------------------------- 5.5: control frames

TEST(EngineSection55Test, AControlFrameMustNotBeFragmented) {
  for (const uint8_t opcode : {0x8, 0x9, 0xa}) {
    EXPECT_THAT(EventsOf(Fragment(opcode, "", false)),
                ElementsAre(ProtocolError("control frame fragmented")));
  }
}

TEST(EngineSection55Test, AControlFrameHasAtMost125Bytes) {
  for (const uint8_t opcode : {0x8, 0x9, 0xa}) {
    for (const uint64_t length : {uint64_t{126}, uint64_t{65536}, uint64_t{1} << 40}) {
      const ClientFrame frame{.opcode = opcode, .announced = length};
      EXPECT_THAT(EventsOf(frame.Header()), ElementsAre(ProtocolError("control frame over 125 bytes")));
    }
  }
}

TEST(EngineSection552Test, PingsAndPongsBringTheirPayload) {
  for (size_t length = 0; length <= kMaxControlPayload; ++length) {
    const std::string payload(length, static_cast<char>(length));
    EXPECT_THAT(EventsOf(PingFrame(payload) + PongFrame(payload)),
                ElementsAre(SeenPing(payload), SeenPong(payload)));
  }
}

TEST(EngineSection552Test, APingNeedNotBeText) {
  EXPECT_THAT(EventsOf(PingFrame("\xff\xfe")), ElementsAre(SeenPing("\xff\xfe")));
}

// ------------------------------------------------------------------------------------- 10.4: limits

TEST(EngineSection104Test, AMessageMayReachTheLimitAndNotPassIt) {
  EXPECT_THAT(EventsOf(BinaryFrame("12345678"), 8), ElementsAre(SeenBinary("12345678")));
  EXPECT_THAT(EventsOf(BinaryFrame("123456789"), 8), ElementsAre(TooBig()));
  EXPECT_THAT(EventsOf(TextFrame("123456789"), 8), ElementsAre(TooBig()));
}

TEST(EngineSection104Test, FragmentsCountTogether) {
  const std::string seven = Fragment(0x2, "1234", false) + Fragment(0x0, "567", false);
  EXPECT_THAT(EventsOf(seven + Fragment(0x0, "8", true), 8), ElementsAre(SeenBinary("12345678")));
  EXPECT_THAT(EventsOf(seven + Fragment(0x0, "89", true), 8), ElementsAre(TooBig()));
  // The limit applies to each message separately.
  const std::string whole = seven + Fragment(0x0, "8", true);
  EXPECT_THAT(EventsOf(whole + whole, 8), ElementsAre(SeenBinary("12345678"), SeenBinary("12345678")));
}

TEST(EngineSection104Test, TheLimitIsAppliedToWhatIsAnnounced) {
  for (const uint64_t length : {uint64_t{9}, uint64_t{126}, uint64_t{65536}, uint64_t{1} << 62}) {
    const ClientFrame frame{.opcode = 0x2, .announced = length};
    EXPECT_THAT(EventsOf(frame.Header(), 8), ElementsAre(TooBig())) << length;
    const ClientFrame rest{.opcode = 0x0, .announced = length};
    EXPECT_THAT(EventsOf(Fragment(0x2, "12", false) + rest.Header(), 8), ElementsAre(TooBig())) << length;
  }
}

TEST(EngineSection104Test, ControlFramesDoNotCount) {
  const std::string payload(125, 'p');
  EXPECT_THAT(EventsOf(Fragment(0x2, "1", false) + PingFrame(payload) + Fragment(0x0, "", true), 1),
              ElementsAre(SeenPing(payload), SeenBinary("1")));
}

// ------------------------------------------------------------------------------------- between reads

TEST(EngineTest, TellsWhetherThePeerStandsInTheMiddleOfAFrame) {
  Engine engine(kTestLimit);
  std::vector<SeenEvent> seen;
  EXPECT_FALSE(engine.mid_frame());
  const std::string bytes = Fragment(0x1, "ab", false);
  for (size_t i = 0; i + 1 < bytes.size(); ++i) {
    Feed(engine, bytes.substr(i, 1), seen);
    EXPECT_TRUE(engine.mid_frame()) << i;
  }
  Feed(engine, bytes.substr(bytes.size() - 1), seen);
  EXPECT_FALSE(engine.mid_frame()) << "between two fragments a pong may come";
  Feed(engine, Fragment(0x0, "c", true), seen);
  EXPECT_FALSE(engine.mid_frame());
  EXPECT_THAT(seen, ElementsAre(SeenText("abc")));
}

}  // namespace
}  // namespace drawbridge
