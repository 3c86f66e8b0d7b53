// A connection id must name one connection of one incarnation, and in one way only.
#include "gateway/base/node_identity.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

constexpr uint64_t kLargest = std::numeric_limits<uint64_t>::max();

TEST(NodeIdentityTest, IdsHaveTheAlphabetAndTheLengthThatTheContractNames) {
  const NodeIdentity node = NodeIdentity::Draw(std::string(40, 'z'));
  for (const uint64_t sequence : {uint64_t{1}, uint64_t{35}, uint64_t{36}, uint64_t{1} << 40, kLargest}) {
    const std::string id = node.ConnectionId(sequence);
    EXPECT_TRUE(IsConnectionId(id)) << id;
    EXPECT_LE(id.size(), 32U) << id;
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << id;
  }
}

TEST(NodeIdentityTest, AnIdGivesItsSequenceBack) {
  const NodeIdentity node("node-a", "abcd1234");
  for (uint64_t sequence = 1; sequence < 5000; ++sequence) {
    ASSERT_EQ(node.Sequence(node.ConnectionId(sequence)), sequence);
  }
  for (int shift = 0; shift < 64; ++shift) {
    const uint64_t sequence = uint64_t{1} << shift;
    ASSERT_EQ(node.Sequence(node.ConnectionId(sequence)), sequence);
  }
  EXPECT_EQ(node.Sequence(node.ConnectionId(kLargest)), kLargest);
}

TEST(NodeIdentityTest, NoTwoSequencesShareAnId) {
  const NodeIdentity node("node-a", "abcd1234");
  std::set<std::string> ids;
  for (uint64_t sequence = 1; sequence <= 10'000; ++sequence) ids.insert(node.ConnectionId(sequence));
  EXPECT_EQ(ids.size(), 10'000U);
}

TEST(NodeIdentityTest, AnIdOfAnotherIncarnationOrNodeIsNotOurs) {
  const NodeIdentity node("node-a", "abcd1234");
  EXPECT_EQ(node.Sequence(NodeIdentity("node-a", "abcd1235").ConnectionId(7)), std::nullopt);
  EXPECT_EQ(node.Sequence(NodeIdentity("node-b", "abcd1234").ConnectionId(7)), std::nullopt);
}

TEST(NodeIdentityTest, EachStartDrawsAnotherIncarnation) {
  std::set<std::string> incarnations;
  for (int i = 0; i < 1000; ++i) incarnations.insert(NodeIdentity::Draw("node-a").incarnation());
  EXPECT_EQ(incarnations.size(), 1000U);
  for (const std::string& word : incarnations) EXPECT_EQ(word.size(), 8U);
}

TEST(NodeIdentityTest, TheNodesWordIsTheSameInEveryBuild) {
  const NodeIdentity node("node-a", "abcd1234");
  EXPECT_EQ(node.ConnectionId(1).substr(0, 5),
            NodeIdentity("node-a", "zzzz9999").ConnectionId(2).substr(0, 5));
  EXPECT_EQ(node.ConnectionId(35), node.ConnectionId(1).substr(0, 14) + "z");
}

TEST(NodeIdentityTest, OneConnectionHasOneName) {
  const NodeIdentity node("node-a", "abcd1234");
  const std::string prefix = node.ConnectionId(1).substr(0, 14);
  ASSERT_EQ(node.Sequence(prefix + "1z"), 71U);
  for (const char* digits : {"", "01z", "001z", "1Z", "+1z", "-1z", " 1z", "1z ", "1z-", "1_z", "0x1"}) {
    EXPECT_EQ(node.Sequence(prefix + digits), std::nullopt) << digits;
  }
  // One more than what 64 bits hold, and far more.
  EXPECT_EQ(node.ConnectionId(kLargest), prefix + "3w5e11264sgsf");
  EXPECT_EQ(node.Sequence(prefix + "3w5e11264sgsg"), std::nullopt);
  EXPECT_EQ(node.Sequence(prefix + "zzzzzzzzzzzzzzz"), std::nullopt);
  EXPECT_EQ(node.Sequence(prefix.substr(0, 13)), std::nullopt);
  EXPECT_EQ(node.Sequence(""), std::nullopt);
}

TEST(NodeIdentityTest, TellsWhatCouldBeAnIdOfAnyNode) {
  EXPECT_TRUE(IsConnectionId("a"));
  EXPECT_TRUE(IsConnectionId(std::string(32, '-')));
  EXPECT_TRUE(IsConnectionId("0az9-"));
  EXPECT_FALSE(IsConnectionId(""));
  EXPECT_FALSE(IsConnectionId(std::string(33, 'a')));
  for (const char* text : {"A", "a b", "a_b", "a.b", "a/b", "\xc3\xa9", "a\n", "`", "{", ":"}) {
    EXPECT_FALSE(IsConnectionId(text)) << text;
  }
  EXPECT_FALSE(IsConnectionId(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace drawbridge
