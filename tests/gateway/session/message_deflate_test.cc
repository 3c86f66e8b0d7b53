// What the gateway sends after permessage-deflate was negotiated. Each frame is read back by zlib alone.
#include "gateway/session/message_deflate.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/session/frame.h"
#include "gateway/session/write_buffer.h"
#include "gtest/gtest.h"
#include "tests/support/frame_codec.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {
namespace {

// Random bytes that do not compress. A seed always gives the same ones.
std::string Noise(size_t size, uint64_t seed = 1) {
  std::string noise;
  while (noise.size() < size) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    noise += static_cast<char>(seed >> 56);
  }
  return noise;
}

// Text that compresses to about a third.
std::string Prose(size_t size) {
  std::string prose;
  for (uint32_t i = 1; prose.size() < size; ++i)
    prose += "word" + std::to_string(i * 2654435761u % 1009) + " ";
  prose.resize(size);
  return prose;
}

class MessageDeflateTest : public ::testing::Test {
 protected:
  // The frame of a message, appended to a buffer that is not empty. rsv is 0 if the message is not
  // compressed.
  ServerFrame Send(MessageDeflate& deflate, std::string_view message, Opcode opcode = Opcode::kText) {
    WriteBuffer out;
    AppendFrame(out, Opcode::kPong, "before");
    deflate.AppendFrame(out, opcode, message);
    std::string bytes(out.view());
    EXPECT_EQ(TakeFrame(bytes)->payload, "before");
    auto frame = TakeFrame(bytes);
    EXPECT_TRUE(bytes.empty());
    EXPECT_EQ(frame->opcode, static_cast<int>(opcode));
    EXPECT_TRUE(frame->fin);
    if (frame->rsv == 0) {
      EXPECT_EQ(frame->payload, message);
    } else {
      EXPECT_EQ(frame->rsv, 4);
      EXPECT_LT(frame->payload.size(), message.size());
    }
    return *std::move(frame);
  }

  DeflatePool pool_;
  DeflateOptions options_{.min_bytes = 0};
};

TEST_F(MessageDeflateTest, SetsRsv1AndCanBeReadBack) {
  MessageDeflate deflate(pool_, options_, {});
  for (const Opcode opcode : {Opcode::kText, Opcode::kBinary}) {
    const std::string message = Prose(1000);
    EXPECT_EQ(RawInflater().Inflate(Send(deflate, message, opcode).payload), message);
  }
}

TEST_F(MessageDeflateTest, EveryWindowIsKeptTo) {
  // The message has repetitions at every distance up to more than the largest window.
  std::string message;
  for (size_t size = 100; size < 40'000; size = size * 5 / 4) message += Noise(size);
  for (int bits = kMinDeflateWindowBits; bits <= kMaxDeflateWindowBits; ++bits) {
    for (const int memory_level : {1, 8, 9}) {
      for (const int level : {1, 6, 9}) {
        options_.memory_level = memory_level;
        options_.level = level;
        MessageDeflate deflate(pool_, options_, {.server_window_bits = static_cast<uint8_t>(bits)});
        const ServerFrame frame = Send(deflate, message);
        if (frame.rsv != 0) {
          EXPECT_EQ(RawInflater(bits).Inflate(frame.payload), message) << bits;
        }
        EXPECT_TRUE(frame.rsv != 0 || bits < 15) << bits;
      }
    }
  }
}

TEST_F(MessageDeflateTest, EverySizeOfHeader) {
  MessageDeflate deflate(pool_, options_, {});
  for (const size_t size : {20, 125, 126, 127, 200, 400, 65535, 65536, 65537, 120'000, 400'000, 3'000'000}) {
    for (const std::string& message : {Prose(size), std::string(size, 'x'), Noise(size - 10) + Prose(20)}) {
      const ServerFrame frame = Send(deflate, message, Opcode::kBinary);
      if (frame.rsv != 0) {
        ASSERT_EQ(RawInflater().Inflate(frame.payload), message) << size;
      }
    }
  }
}

TEST_F(MessageDeflateTest, AMessageUnderTheFloorGoesAsItIs) {
  options_.min_bytes = 100;
  MessageDeflate deflate(pool_, options_, {});
  EXPECT_EQ(Send(deflate, std::string(99, 'x')).rsv, 0);
  EXPECT_EQ(Send(deflate, std::string(100, 'x')).rsv, 4);
}

TEST_F(MessageDeflateTest, AMessageThatDoesNotShrinkGoesAsItIs) {
  for (const bool takeover : {false, true}) {
    MessageDeflate deflate(pool_, options_, {.server_context_takeover = takeover});
    for (const size_t size : {0, 1, 2, 3, 4, 5, 100, 70'000, 1'000'000}) {
      EXPECT_EQ(Send(deflate, Noise(size)).rsv, 0) << size;
    }
    // Sizes at which compression just pays off or just does not.
    for (size_t size = 1; size < 40; ++size) {
      const std::string message(size, 'x');
      const ServerFrame frame = Send(deflate, message);
      if (frame.rsv != 0 && !takeover) {
        EXPECT_EQ(RawInflater().Inflate(frame.payload), message);
      }
    }
  }
}

TEST_F(MessageDeflateTest, WithoutTakeoverEachMessageStandsAlone) {
  // Two clients of one thread share a compressor.
  MessageDeflate first(pool_, options_, {});
  MessageDeflate second(pool_, options_, {});
  const std::string message = Prose(5000);
  const std::string payload = Send(first, message).payload;
  EXPECT_EQ(RawInflater().Inflate(payload), message);
  EXPECT_EQ(Send(second, message).payload, payload);
  EXPECT_EQ(Send(first, Noise(5000)).rsv, 0);
  EXPECT_EQ(Send(first, message).payload, payload);
}

TEST_F(MessageDeflateTest, WithTakeoverMessagesReferToEarlierOnes) {
  MessageDeflate deflate(pool_, options_, {.server_context_takeover = true});
  MessageDeflate other(pool_, options_, {.server_context_takeover = true});
  RawInflater inflater;
  const std::string message = Prose(5000);
  const std::string first = Send(deflate, message).payload;
  EXPECT_EQ(inflater.Inflate(first), message);
  EXPECT_EQ(Send(other, message).payload, first) << "each client has its own context";
  const std::string second = Send(deflate, message).payload;
  EXPECT_LT(second.size() * 10, first.size());
  EXPECT_EQ(inflater.Inflate(second), message);
}

// Regression test: zlib writes nothing for an empty message after a flush. The tail of four bytes was then
// subtracted from a size of zero, and the payload was moved by nearly 2^64 bytes.
TEST_F(MessageDeflateTest, AnEmptyMessageBehindAFlushIsSentAsItIs) {
  for (int bits = kMinDeflateWindowBits; bits <= kMaxDeflateWindowBits; ++bits) {
    for (int level = 1; level <= 9; ++level) {
      for (int memory_level = 1; memory_level <= 9; ++memory_level) {
        options_.level = level;
        options_.memory_level = memory_level;
        MessageDeflate deflate(
            pool_, options_,
            {.server_window_bits = static_cast<uint8_t>(bits), .server_context_takeover = true});
        RawInflater inflater(bits);
        const std::string message(100, 'x');
        for (int i = 0; i < 2; ++i) {
          ASSERT_EQ(inflater.Inflate(Send(deflate, message).payload), message);
          EXPECT_EQ(Send(deflate, "").rsv, 0);
          EXPECT_EQ(Send(deflate, "", Opcode::kBinary).rsv, 0);
        }
      }
    }
  }
}

TEST(DeflaterTest, GivesNoSizeWhereZlibWritesNoTail) {
  Deflater deflater({.window_bits = 15, .level = 1, .memory_level = 8});
  std::string room(100, '\0');
  const std::string message(50, 'x');
  EXPECT_EQ(deflater.Compress("", room, true), std::nullopt) << "empty, first of all";
  EXPECT_GT(deflater.Compress(message, room, true), 0u);
  EXPECT_EQ(deflater.Compress("", room, true), std::nullopt) << "empty, behind a flush";
  for (size_t size = 0; size < 8; ++size) {
    EXPECT_EQ(deflater.Compress(Noise(50), std::span(room).first(size), true), std::nullopt) << size;
  }
  EXPECT_GT(deflater.Compress(message, room, true), 0u);
}

// A later message must not refer to data that the client did not get through its inflater.
TEST_F(MessageDeflateTest, WithTakeoverAMessageThatWentAsItIsIsForgotten) {
  options_.min_bytes = 100;
  MessageDeflate deflate(pool_, options_, {.server_context_takeover = true});
  RawInflater inflater;
  for (uint64_t i = 0; i < 3; ++i) {
    const std::string noise = Noise(5000, i);
    ASSERT_EQ(Send(deflate, noise).rsv, 0);
    EXPECT_EQ(Send(deflate, std::string(99, 'x')).rsv, 0);
    const std::string message = noise.substr(0, 1000) + Prose(1000) + noise.substr(0, 1000);
    EXPECT_EQ(inflater.Inflate(Send(deflate, message).payload), message);
    EXPECT_EQ(inflater.Inflate(Send(deflate, message).payload), message);
  }
}

}  // namespace
}  // namespace drawbridge
