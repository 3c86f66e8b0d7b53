#include "gateway/connections/connection_info.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge {
namespace {

void ExpectSame(const ConnectionInfo& left, const ConnectionInfo& right) {
  EXPECT_EQ(left.sequence, right.sequence);
  EXPECT_EQ(left.id, right.id);
  EXPECT_EQ(left.remote_address, right.remote_address);
  EXPECT_EQ(left.principal, right.principal);
  EXPECT_EQ(left.path, right.path);
  EXPECT_EQ(left.subprotocol, right.subprotocol);
  EXPECT_EQ(left.user_agent, right.user_agent);
  EXPECT_EQ(left.origin, right.origin);
  EXPECT_EQ(left.tls, right.tls);
  EXPECT_EQ(left.cut_texts, right.cut_texts);
  EXPECT_EQ(left.create_time, right.create_time);
  EXPECT_EQ(left.create_wall_time, right.create_wall_time);
}

TEST(PackedInfoTest, GivesBackWhatItWasGiven) {
  const std::string path(16'000, '/');
  const ConnectionInfo info = {.sequence = 1'234'567'890'123,
                               .id = "abcd-incarnat-1",
                               .remote_address = "[2001:db8::7]:443",
                               .principal = "CN=alice",
                               .path = path,
                               .subprotocol = "chat",
                               .user_agent = "Firefox",
                               .origin = "https://app.example",
                               .tls = true,
                               .cut_texts = kCutPath | kCutOrigin,
                               .create_time = SteadyTime(std::chrono::seconds(7)),
                               .create_wall_time = WallTime(std::chrono::seconds(8))};
  ExpectSame(PackedInfo(info).view(), info);
}

TEST(PackedInfoTest, KeepsEmptyTextsApart) {
  ExpectSame(PackedInfo({}).view(), {});
  ExpectSame(PackedInfo({.path = "/p"}).view(), {.path = "/p"});
  ExpectSame(PackedInfo({.id = "first", .origin = "last"}).view(), {.id = "first", .origin = "last"});
}

TEST(PackedInfoTest, NeedsNobodyElsesTexts) {
  std::string path = "/somewhere/that/is/quite/far";
  const PackedInfo packed({.path = path});
  path.assign(path.size(), 'x');
  EXPECT_EQ(packed.view().path, "/somewhere/that/is/quite/far");
}

}  // namespace
}  // namespace drawbridge
