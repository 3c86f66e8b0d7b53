// A connection id identifies one connection of one incarnation, and each connection has exactly one valid id.
#include "gateway/base/node_identity.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "gateway/base/sip_hash.h"
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
  const NodeIdentity node("node-a", "abcd1234", SipKey{1, 2});
  EXPECT_EQ(node.ConnectionId(1).substr(0, 5),
            NodeIdentity("node-a", "zzzz9999").ConnectionId(2).substr(0, 5));
  EXPECT_EQ(node.ConnectionId(1), NodeIdentity("node-a", "abcd1234", SipKey{1, 2}).ConnectionId(1));
}

// Regression test: the ids were numbered 1, 2, 3, ...
TEST(NodeIdentityTest, AnIdDoesNotTellHowManyCameBefore) {
  const NodeIdentity node = NodeIdentity::Draw("node-a");
  std::set<char> first_digits;
  std::set<char> last_digits;
  for (uint64_t sequence = 1; sequence <= 1000; ++sequence) {
    const std::string id = node.ConnectionId(sequence);
    ASSERT_EQ(id.size(), 27U);
    first_digits.insert(id[14]);
    last_digits.insert(id[25]);
  }
  EXPECT_EQ(first_digits.size(), 36U);
  EXPECT_EQ(last_digits.size(), 36U);
  EXPECT_NE(node.ConnectionId(1).substr(14), NodeIdentity::Draw("node-a").ConnectionId(1).substr(14))
      << "each start has a key of its own";
}

TEST(NodeIdentityTest, OneConnectionHasOneName) {
  const NodeIdentity node("node-a", "abcd1234");
  const std::string id = node.ConnectionId(1);
  const std::string prefix = id.substr(0, 14);
  const std::string serial = id.substr(14);
  ASSERT_EQ(node.Sequence(id), 1U);
  for (const std::string& digits :
       {std::string(), "0" + serial, serial + "0", serial.substr(1), serial.substr(0, 12) + " ",
        serial.substr(0, 12) + "A", serial.substr(0, 12) + "-", "+" + serial.substr(1), std::string("1")}) {
    EXPECT_EQ(node.Sequence(prefix + digits), std::nullopt) << digits;
  }
  // Values over 64 bits would overflow to the id of another connection.
  EXPECT_EQ(node.Sequence(prefix + "zzzzzzzzzzzzz"), std::nullopt);
  EXPECT_NE(node.Sequence(prefix + "fsgs46211e5w3"), std::nullopt) << "2^64 - 1, the lowest digit first";
  EXPECT_EQ(node.Sequence(prefix + "gsgs46211e5w3"), std::nullopt);
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
