// The bytes of a frame (RFC 6455, section 5.2).
#include "gateway/session/frame.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "gateway/connections/close.h"
#include "gateway/session/write_buffer.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"

namespace drawbridge {
namespace {

std::string Framed(Opcode opcode, std::string_view payload) {
  WriteBuffer out;
  AppendFrame(out, Opcode::kText, "before");
  AppendFrame(out, opcode, payload);
  EXPECT_TRUE(
      out.view().starts_with("\x81\x06"
                             "before"));
  return std::string(out.view().substr(8));
}

TEST(FrameTest, WritesTheExamplesOfTheRfc) {
  EXPECT_EQ(Framed(Opcode::kText, "Hello"), "\x81\x05Hello");
  EXPECT_EQ(Framed(Opcode::kPing, "Hello"), "\x89\x05Hello");
  EXPECT_EQ(Framed(Opcode::kPong, {}), std::string("\x8a\x00", 2));
  EXPECT_EQ(Framed(Opcode::kBinary, std::string(256, 'x')).substr(0, 4), std::string("\x82\x7e\x01\x00", 4));
  EXPECT_EQ(Framed(Opcode::kBinary, std::string(65536, 'x')).substr(0, 10),
            std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
}

TEST(FrameTest, WritesEachLengthInItsShortestForm) {
  for (const size_t length : {0, 1, 125, 126, 127, 128, 65535, 65536, 100'000}) {
    const std::string payload(length, 'p');
    const std::string bytes = Framed(Opcode::kBinary, payload);
    const auto header = ParseFrameHeader(bytes);
    ASSERT_TRUE(header.has_value());
    EXPECT_EQ(header->size, length < 126 ? 2U : length < 65536 ? 4U : 10U) << length;
    EXPECT_EQ(header->length, length);
    EXPECT_TRUE(header->shortest_length);
    EXPECT_TRUE(header->fin);
    EXPECT_FALSE(header->masked);
    EXPECT_EQ(header->reserved, 0);
    EXPECT_EQ(header->opcode, Opcode::kBinary);
    EXPECT_EQ(bytes.substr(header->size), payload);
  }
}

TEST(FrameTest, ReadsEveryFieldOfAHeader) {
  for (unsigned first = 0; first < 256; ++first) {
    for (const bool masked : {false, true}) {
      const ClientFrame frame{.opcode = static_cast<uint8_t>(first & 0xf),
                              .fin = (first & 0x80) != 0,
                              .reserved = static_cast<uint8_t>(first >> 4 & 7),
                              .masked = masked,
                              .key = 0x01020304,
                              .announced = 4711};
      const auto header = ParseFrameHeader(frame.Header());
      ASSERT_TRUE(header.has_value());
      EXPECT_EQ(header->fin, frame.fin);
      EXPECT_EQ(header->reserved, frame.reserved);
      EXPECT_EQ(static_cast<uint8_t>(header->opcode), frame.opcode);
      EXPECT_EQ(header->masked, masked);
      EXPECT_EQ(header->length, 4711U);
      EXPECT_EQ(header->size, masked ? 8U : 4U);
      EXPECT_EQ(std::memcmp(&header->key, masked ? "\1\2\3\4" : "\0\0\0\0", 4), 0);
    }
  }
}

TEST(FrameTest, SeesALengthThatIsNotInItsShortestForm) {
  const auto is_shortest = [](uint64_t length, LengthForm form) {
    return ParseFrameHeader(ClientFrame{.form = form, .announced = length}.Header())->shortest_length;
  };
  EXPECT_TRUE(is_shortest(125, LengthForm::kSevenBits));
  EXPECT_FALSE(is_shortest(0, LengthForm::kTwoBytes));
  EXPECT_FALSE(is_shortest(125, LengthForm::kTwoBytes));
  EXPECT_TRUE(is_shortest(126, LengthForm::kTwoBytes));
  EXPECT_TRUE(is_shortest(65535, LengthForm::kTwoBytes));
  EXPECT_FALSE(is_shortest(0, LengthForm::kEightBytes));
  EXPECT_FALSE(is_shortest(65535, LengthForm::kEightBytes));
  EXPECT_TRUE(is_shortest(65536, LengthForm::kEightBytes));
  EXPECT_TRUE(is_shortest(~uint64_t{0}, LengthForm::kEightBytes));
}

TEST(FrameTest, AHeaderIsReadOnceItIsWhole) {
  for (const uint64_t length : {0, 125, 126, 65535, 65536}) {
    for (const bool masked : {false, true}) {
      const std::string bytes = ClientFrame{.masked = masked, .announced = length}.Header();
      for (size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(ParseFrameHeader(bytes.substr(0, size)).has_value(), false) << length << ' ' << size;
      }
      ASSERT_TRUE(ParseFrameHeader(bytes).has_value());
      EXPECT_EQ(ParseFrameHeader(bytes + "payload")->size, bytes.size());
      EXPECT_EQ(ParseFrameHeader(bytes + "payload")->length, length);
    }
  }
}

MaskingKey KeyOf(const char* bytes) {
  MaskingKey key;
  std::memcpy(&key, bytes, sizeof(key));
  return key;
}

// Covers sizes and alignments around the words of eight bytes that the code uses.
TEST(FrameTest, MasksByteByByteWhateverSizeAndAlignment) {
  const char key[] = "\x37\xfa\x21\x3d";
  for (size_t offset = 0; offset < 8; ++offset) {
    for (size_t size = 0; size < 40; ++size) {
      std::string bytes;
      for (size_t i = 0; i < offset + size + 3; ++i) bytes += static_cast<char>(i * 37);
      std::string expected = bytes;
      for (size_t i = 0; i < size; ++i)
        expected[offset + i] = static_cast<char>(expected[offset + i] ^ key[i % 4]);
      const MaskingKey next = ApplyMask(std::span(bytes).subspan(offset, size), KeyOf(key));
      ASSERT_EQ(bytes, expected) << offset << ' ' << size;
      const std::string turned = std::string(key + size % 4) + std::string(key, size % 4);
      EXPECT_EQ(next, KeyOf(turned.c_str())) << size;
    }
  }
}

TEST(FrameTest, AMaskMayBeAppliedInPieces) {
  const std::string plain = "a payload of some thirty letters";
  std::string whole = plain;
  ApplyMask(whole, KeyOf("mask"));
  for (size_t first = 0; first <= plain.size(); ++first) {
    for (size_t second = first; second <= plain.size(); ++second) {
      std::string pieces = plain;
      const std::span<char> bytes(pieces);
      MaskingKey key = ApplyMask(bytes.first(first), KeyOf("mask"));
      key = ApplyMask(bytes.subspan(first, second - first), key);
      ApplyMask(bytes.subspan(second), key);
      ASSERT_EQ(pieces, whole) << first << ' ' << second;
    }
  }
}

TEST(FrameTest, ClosePayloads) {
  EXPECT_EQ(ClosePayload(1000, ""), "\x03\xe8");
  EXPECT_EQ(ClosePayload(4999, "bye"),
            "\x13\x87"
            "bye");
  EXPECT_EQ(ClosePayload(kNoStatusReceived, "never said"), "");
}

TEST(FrameTest, CloseCodes) {
  for (const uint16_t code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    EXPECT_TRUE(IsCloseCode(code)) << code;
  }
  for (const uint16_t code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    EXPECT_FALSE(IsCloseCode(code)) << code;
  }
}

TEST(FrameTest, ControlOpcodes) {
  EXPECT_TRUE(IsControl(Opcode::kClose));
  EXPECT_TRUE(IsControl(Opcode::kPing));
  EXPECT_TRUE(IsControl(Opcode::kPong));
  EXPECT_FALSE(IsControl(Opcode::kContinuation));
  EXPECT_FALSE(IsControl(Opcode::kText));
  EXPECT_FALSE(IsControl(Opcode::kBinary));
}

}  // namespace
}  // namespace drawbridge
