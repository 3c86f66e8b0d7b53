// The floor must do the same work as the other servers: it sends each frame back, unmasked and in order.
#include "tools/bench/floor/echo.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/bench/wire/frame.h"

namespace drawbridge::bench {
namespace {

std::string ClientFrame(uint8_t first, const std::string& payload) {
  char header[kMaxHeaderSize];
  std::string frame(header, WriteFrameHeader(header, first, payload.size(), /*masked=*/true));
  frame += "mask";
  for (size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ "mask"[i % 4]);
  return frame;
}

std::string ServerFrame(uint8_t first, const std::string& payload) {
  char header[kMaxHeaderSize];
  return std::string(header, WriteFrameHeader(header, first, payload.size())) + payload;
}

TEST(EchoFramesTest, EchoesWholeFramesAndLeavesTheRest) {
  const std::string rest = ClientFrame(0x82, "incomplete").substr(0, 9);
  const std::string whole = ClientFrame(0x81, "one") + ClientFrame(0x82, std::string(300, 'x'));
  std::string data = whole + rest;
  const Echoed echoed = EchoFrames(data.data(), data.size());
  EXPECT_EQ(echoed.consumed, whole.size());
  EXPECT_EQ(data.substr(0, echoed.produced),
            ServerFrame(0x81, "one") + ServerFrame(0x82, std::string(300, 'x')));
  EXPECT_FALSE(echoed.finished);
  EXPECT_EQ(data.substr(echoed.consumed), rest);
}

TEST(EchoFramesTest, AnswersPingsAndIgnoresPongs) {
  std::string data = ClientFrame(0x8a, "unasked") + ClientFrame(0x89, "ping");
  const Echoed echoed = EchoFrames(data.data(), data.size());
  EXPECT_EQ(data.substr(0, echoed.produced), ServerFrame(0x8a, "ping"));
}

TEST(EchoFramesTest, EchoesACloseFrameAndNothingBehindIt) {
  std::string data = ClientFrame(0x88, "\x03\xe8") + ClientFrame(0x82, "late");
  const Echoed echoed = EchoFrames(data.data(), data.size());
  EXPECT_EQ(data.substr(0, echoed.produced), ServerFrame(0x88, "\x03\xe8"));
  EXPECT_TRUE(echoed.finished);
}

TEST(EchoFramesTest, EndsWhereNoClientMayGo) {
  const std::string unmasked = ServerFrame(0x82, "x");
  const std::string reserved = ClientFrame(0xc2, "x");
  const std::string long_ping = ClientFrame(0x89, std::string(126, 'x'));
  for (std::string data : {unmasked, reserved, long_ping}) {
    const Echoed echoed = EchoFrames(data.data(), data.size());
    EXPECT_TRUE(echoed.finished);
    EXPECT_EQ(echoed.produced, 0U);
  }
}

}  // namespace
}  // namespace drawbridge::bench
