// Tests the benchmark's own codec: the floor and the load generator share it, so they would not detect its
// errors.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tools/bench/wire/frame.h"
#include "tools/bench/wire/handshake.h"
#include "tools/bench/wire/sha1.h"

namespace drawbridge::bench {
namespace {

std::string Hex(const Sha1Digest& digest) {
  std::string out;
  for (const uint8_t byte : digest) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

TEST(Sha1Test, AnswersTheStandardsExamples) {
  EXPECT_EQ(Hex(Sha1("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(Hex(Sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Hex(Sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

TEST(HandshakeTest, AcceptsTheKeyOfTheRfc) {
  EXPECT_EQ(AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(HandshakeTest, FindsHeadersWithoutCase) {
  const std::string_view head = "GET / HTTP/1.1\r\nHost: a\r\nsec-websocket-KEY: \t xyz \r\n\r\n";
  EXPECT_EQ(HeaderValue(head, "Sec-WebSocket-Key"), "xyz");
  EXPECT_EQ(HeaderValue(head, "Sec-WebSocket"), "");
  EXPECT_EQ(HeaderValue(head, "Absent"), "");
}

TEST(FrameTest, ReadsWhatItWroteInEveryLengthForm) {
  for (const uint64_t length : {0, 1, 125, 126, 65535, 65536, 1 << 24}) {
    char bytes[kMaxHeaderSize];
    const size_t size = WriteFrameHeader(bytes, 0x80 | kText, length);
    FrameHeader header;
    EXPECT_FALSE(ParseFrameHeader(bytes, size - 1, &header));
    ASSERT_TRUE(ParseFrameHeader(bytes, size, &header));
    EXPECT_EQ(header.length, length);
    EXPECT_EQ(header.size, size);
    EXPECT_EQ(header.opcode(), kText);
    EXPECT_TRUE(header.fin());
    EXPECT_FALSE(header.masked);
  }
}

TEST(FrameTest, UnmasksTheExampleOfTheRfc) {
  const std::string frame = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
  FrameHeader header;
  ASSERT_TRUE(ParseFrameHeader(frame.data(), frame.size(), &header));
  ASSERT_TRUE(header.masked);
  std::string payload(header.length, '\0');
  ApplyMask(payload.data(), frame.data() + header.size, header.length, header.mask);
  EXPECT_EQ(payload, "Hello");
}

TEST(FrameTest, UnmasksInPlaceAndDownwards) {
  for (size_t size = 0; size < 200; ++size) {
    std::string masked;
    std::string expected;
    for (size_t i = 0; i < size; ++i) {
      masked += static_cast<char>(i * 7);
      expected += static_cast<char>(masked.back() ^ "abcd"[i % 4]);
    }
    for (const size_t down : {0, 4, 6, 8}) {
      std::string memory = std::string(down, '?') + masked;
      ApplyMask(memory.data(), memory.data() + down, size, "abcd");
      EXPECT_EQ(memory.substr(0, size), expected) << size << " bytes, moved by " << down;
    }
  }
}

}  // namespace
}  // namespace drawbridge::bench
