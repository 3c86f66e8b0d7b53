// What a client may send after permessage-deflate was negotiated (RFC 7692, sections 6 and 7.2).
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"
#include "tests/gateway/session/engine_events.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr DeflateAgreement kPlain;
constexpr DeflateAgreement kTakeover{.client_context_takeover = true};

SeenEvent Reserved() { return SeenError(CloseCause::kProtocolError, "reserved bits set"); }
SeenEvent TooBig() { return SeenError(CloseCause::kTooBig, "message too big"); }
SeenEvent Corrupt() { return SeenError(CloseCause::kInvalidDeflate, "invalid deflate data"); }

std::vector<SeenEvent> Events(std::string_view bytes, const DeflateAgreement& deflate = kPlain) {
  return EventsOf(bytes, kTestLimit, deflate);
}

// A compressed text with `payload` unchanged.
std::string Raw(std::string_view payload) { return DeflatedFragment(0x1, payload, true); }
std::string Bytes(const char* text, size_t size) { return std::string(text, size); }
#define BYTES(literal) Bytes(literal, sizeof(literal) - 1)

// ------------------------------------------------------------------------------------- 6: RSV1

TEST(DeflateSection6Test, WithoutTheExtensionTheBitIsAnError) {
  EXPECT_THAT(EventsOf(Raw(Deflated("Hello"))), ElementsAre(Reserved()));
}

TEST(DeflateSection6Test, NoOtherFrameMayHaveTheBit) {
  for (const uint8_t opcode : {0x8, 0x9, 0xa}) {
    EXPECT_THAT(Events(DeflatedFragment(opcode, "", true)), ElementsAre(Reserved())) << int{opcode};
  }
  for (const std::string& first : {Fragment(0x1, "a", false), DeflatedFragment(0x1, "", false)}) {
    EXPECT_THAT(Events(first + DeflatedFragment(0x0, "b", true)), ElementsAre(Reserved()));
  }
}

TEST(DeflateSection6Test, TheOtherReservedBitsStayErrors) {
  for (const uint8_t reserved : {1, 2, 3, 5, 6, 7}) {
    for (const uint8_t opcode : {0x1, 0x2}) {
      const ClientFrame frame{.opcode = opcode, .payload = Deflated("x"), .reserved = reserved};
      EXPECT_THAT(Events(frame.Bytes()), ElementsAre(Reserved())) << int{reserved};
    }
  }
}

TEST(DeflateSection6Test, AMessageNeedNotBeCompressed) {
  const std::string joined = DeflatedFragment(0x2, Deflated("ab"), true) + Fragment(0x2, "c", false) +
                             Fragment(0x0, "d", true) + DeflatedFragment(0x1, Deflated("e"), true);
  EXPECT_THAT(Events(TextFrame("plain") + joined),
              ElementsAre(SeenText("plain"), SeenBinary("ab"), SeenBinary("cd"), SeenText("e")));
}

TEST(DeflateSection6Test, AMessageIsCompressedAsAWholeWhateverItsFragments) {
  const std::string text = "text that is compressed and cut in three";
  const std::string payload = Deflated(text);
  for (size_t first = 0; first <= payload.size(); ++first) {
    for (size_t second = first; second <= payload.size(); ++second) {
      const std::string bytes = DeflatedFragment(0x1, payload.substr(0, first), false) + PingFrame("p") +
                                Fragment(0x0, payload.substr(first, second - first), false) +
                                Fragment(0x0, payload.substr(second), true) + TextFrame("after");
      ASSERT_THAT(Events(bytes), ElementsAre(SeenPing("p"), SeenText(text), SeenText("after")));
    }
  }
}

// ------------------------------------------------------------------------------------- 7.2.3: examples

TEST(DeflateSection723Test, ASingleBlock) {
  EXPECT_THAT(Events(Raw(BYTES("\xf2\x48\xcd\xc9\xc9\x07\x00"))), ElementsAre(SeenText("Hello")));
  EXPECT_THAT(Events(DeflatedFragment(0x1, BYTES("\xf2\x48\xcd"), false) +
                     Fragment(0x0, BYTES("\xc9\xc9\x07\x00"), true)),
              ElementsAre(SeenText("Hello")));
}

TEST(DeflateSection723Test, ASecondMessageInTheWindowOfTheFirst) {
  const std::string bytes = Raw(BYTES("\xf2\x48\xcd\xc9\xc9\x07\x00")) + Raw(BYTES("\xf2\x00\x11\x00\x00"));
  EXPECT_THAT(Events(bytes, kTakeover), ElementsAre(SeenText("Hello"), SeenText("Hello")));
  // Without context takeover there is no earlier window to refer to.
  EXPECT_THAT(Events(bytes, kPlain), ElementsAre(SeenText("Hello"), Corrupt()));
}

TEST(DeflateSection723Test, ABlockWithoutCompression) {
  EXPECT_THAT(Events(Raw(BYTES("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"))),
              ElementsAre(SeenText("Hello")));
}

TEST(DeflateSection723Test, ABlockSaidToBeTheLast) {
  const std::string last = BYTES("\xf3\x48\xcd\xc9\xc9\x07\x00");
  EXPECT_THAT(Events(Raw(last + '\0')), ElementsAre(SeenText("Hello")));
  // Some clients leave out the octet after the block. The message is still unambiguous.
  EXPECT_THAT(Events(Raw(last)), ElementsAre(SeenText("Hello")));
  EXPECT_THAT(Events(Raw(last + last + last + '\0')), ElementsAre(SeenText("HelloHelloHello")));
}

TEST(DeflateSection723Test, WhatFollowsALastBlockMayReferToIt) {
  const std::string last = BYTES("\xf3\x48\xcd\xc9\xc9\x07\x00");
  const std::string again = BYTES("\xf2\x00\x11\x00\x00");
  for (const auto& agreement : {kPlain, kTakeover}) {
    EXPECT_THAT(Events(Raw(last + again), agreement), ElementsAre(SeenText("HelloHello")));
  }
  for (const std::string& end : {last, last + '\0'}) {
    EXPECT_THAT(Events(Raw(end) + Raw(again), kTakeover), ElementsAre(SeenText("Hello"), SeenText("Hello")));
  }
}

TEST(DeflateSection723Test, TwoBlocks) {
  EXPECT_THAT(Events(Raw(BYTES("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"))),
              ElementsAre(SeenText("Hello")));
}

TEST(DeflateSection723Test, AnEmptyMessage) {
  for (const auto& agreement : {kPlain, kTakeover}) {
    const std::string bytes = Raw(BYTES("\x00")) + Raw("") + Raw(BYTES("\x02\x00")) + Raw(Deflated("x"));
    EXPECT_THAT(Events(bytes, agreement),
                ElementsAre(SeenText(""), SeenText(""), SeenText(""), SeenText("x")));
  }
  EXPECT_THAT(Events(DeflatedFragment(0x2, "", false) + Fragment(0x0, "", false) + Fragment(0x0, "", true)),
              ElementsAre(SeenBinary("")));
}

// ------------------------------------------------------------------------------------- 7.2.2: inflating

TEST(DeflateSection722Test, EveryWindowAndEveryLevel) {
  std::string text;
  for (int i = 0; text.size() < 200'000; ++i) text += "line " + std::to_string(i * i % 9973) + "\n";
  for (int bits = kMinDeflateWindowBits; bits <= kMaxDeflateWindowBits; ++bits) {
    for (const int level : {0, 1, 6, 9}) {
      RawDeflater deflater(bits, level);
      std::string bytes = Raw(deflater.Compress(text));
      EXPECT_THAT(Events(bytes), ElementsAre(SeenText(text))) << bits << ' ' << level;
      bytes += Raw(deflater.Compress(text.substr(100'000)));
      bytes += Raw(deflater.Compress("short"));
      const DeflateAgreement agreement{.client_window_bits = static_cast<uint8_t>(bits),
                                       .client_context_takeover = true};
      EXPECT_THAT(Events(bytes, agreement),
                  ElementsAre(SeenText(text), SeenText(text.substr(100'000)), SeenText("short")));
    }
  }
}

TEST(DeflateSection722Test, WhatIsNoDeflateIsInvalid) {
  for (const std::string& payload : {
           BYTES("\x06"),                              // a block of the reserved type
           BYTES("\x00\x05\x00\xfa\xfe Hello\x00"),    // a length that does not match its complement
           BYTES("\xff\xff\xff\xff"),                  // a final block of the reserved type
           BYTES("\x04\xff\xff\xff\xff\xff\xff\xff"),  // a bad Huffman code
           BYTES("\xf2\x00\x11\x00\x00"),              // a distance before the start
       }) {
    EXPECT_THAT(Events(Raw(payload)), ElementsAre(Corrupt())) << ::testing::PrintToString(payload);
  }
}

TEST(DeflateSection722Test, AMessageMustNotEndInsideABlock) {
  const std::string text = "a text of which each prefix is no message";
  const std::string payload = Deflated(text);
  ASSERT_THAT(Events(Raw(payload)), ElementsAre(SeenText(text)));
  for (size_t size = 1; size + 1 < payload.size(); ++size) {
    ASSERT_THAT(Events(Raw(payload.substr(0, size))), ElementsAre(Corrupt())) << size;
  }
  // A stored block that only the appended tail completes is incomplete.
  EXPECT_THAT(Events(Raw(BYTES("\x00\x04\x00\xfb\xff"))), ElementsAre(Corrupt()));
  EXPECT_THAT(Events(Raw(BYTES("\x01\x04\x00\xfb\xff"))), ElementsAre(Corrupt()));
}

TEST(DeflateSection722Test, TextIsCheckedBehindTheInflation) {
  EXPECT_THAT(Events(Raw(Deflated("\xf0\x9f\x8c\x89"))), ElementsAre(SeenText("\xf0\x9f\x8c\x89")));
  for (const std::string bad : {"\xff", "fine \xed\xa0\x80", "cut \xe2\x82"}) {
    EXPECT_THAT(Events(Raw(Deflated(bad))),
                ElementsAre(SeenError(CloseCause::kInvalidUtf8, "invalid UTF-8")));
    EXPECT_THAT(Events(DeflatedFragment(0x2, Deflated(bad), true)), ElementsAre(SeenBinary(bad)));
  }
}

// ------------------------------------------------------------------------------------- limits

TEST(DeflateLimitTest, IsOfTheInflatedSize) {
  // Includes sizes around the step of the inflation.
  for (const size_t limit : {8, 1000, 65535, 65536, 65537, 200'000}) {
    const std::string most(limit, 'x');
    EXPECT_THAT(EventsOf(Raw(Deflated(most)), limit, kPlain), ElementsAre(SeenText(most))) << limit;
    EXPECT_THAT(EventsOf(Raw(Deflated(most + 'x')), limit, kPlain), ElementsAre(TooBig())) << limit;
  }
}

TEST(DeflateLimitTest, WhatDoesNotCompressMayReachItToo) {
  constexpr size_t kLimit = 10'000;
  std::string noise;
  for (uint32_t i = 1; noise.size() < kLimit; i = i * 1664525 + 1013904223)
    noise += static_cast<char>(i >> 24);
  for (const int level : {0, 9}) {
    const std::string payload = RawDeflater(15, level).Compress(noise);
    ASSERT_GT(payload.size(), kLimit);
    EXPECT_THAT(EventsOf(DeflatedFragment(0x2, payload, true), kLimit, kPlain),
                ElementsAre(SeenBinary(noise)));
  }
}

TEST(DeflateLimitTest, TheCompressedSizeHasOneAsWell) {
  constexpr size_t kLimit = 1000;
  EXPECT_THAT(EventsOf(ClientFrame{.reserved = 4, .announced = 2 * kLimit}.Header(), kLimit, kPlain),
              ElementsAre(TooBig()));
  // Empty blocks inflate to nothing, so the compressed size must be limited as well.
  std::string bytes = DeflatedFragment(0x1, "", false);
  const std::string blocks = BYTES("\x00\x00\x00\xff\xff\x00\x00\x00\xff\xff");
  for (size_t size = 0; size < 2 * kLimit; size += blocks.size()) bytes += Fragment(0x0, blocks, false);
  EXPECT_THAT(EventsOf(bytes, kLimit, kPlain), ElementsAre(TooBig()));
  EXPECT_THAT(EventsOf(bytes.substr(0, kLimit), kLimit, kPlain), IsEmpty());
}

TEST(DeflateLimitTest, ABombIsTooBig) {
  EXPECT_THAT(Events(Raw(DeflateBomb(1))), ElementsAre(SeenText(std::string(1 << 20, '\0'))));
  EXPECT_THAT(Events(Raw(DeflateBomb(2))), ElementsAre(TooBig()));
  EXPECT_THAT(Events(Raw(DeflateBomb(1024))), ElementsAre(TooBig()));
}

}  // namespace
}  // namespace drawbridge
