#include "gateway/connections/bans.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/base/node_identity.h"
#include "gateway/connections/registry.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Labels = std::vector<std::pair<std::string, std::string>>;

IpAddress Ip(std::string_view text) { return IpAddress::Parse(text).value(); }
IpNetwork Network(std::string_view text) { return IpNetwork::Parse(text).value(); }

class BansTest : public ::testing::Test {
 public:
  Ban BanOf(const std::string& id, BanSubject subject, std::chrono::nanoseconds lasts = hours(1)) const {
    Ban ban;
    ban.ban_id = id;
    ban.subject = std::move(subject);
    ban.create_time = clock_.Wall();
    ban.expire_time = clock_.Wall() + lasts;
    return ban;
  }
  void Insert(const std::string& id, BanSubject subject, std::chrono::nanoseconds lasts = hours(1)) {
    EXPECT_TRUE(bans_.Insert(BanOf(id, std::move(subject), lasts))) << id;
  }

  // The id of the ban that matches; "-" if there is none.
  std::string At(std::string_view ip) {
    const auto hit = bans_.FindAddress(Ip(ip));
    return hit.has_value() ? hit->ban_id : "-";
  }
  std::string Of(const Bans::Identity& identity) {
    const auto hit = bans_.FindIdentity(identity);
    return hit.has_value() ? hit->ban_id : "-";
  }
  std::vector<std::string> Ids(std::string_view after = "", size_t limit = 1000) {
    std::vector<std::string> ids;
    for (const BanPointer& ban : bans_.List(after, limit)) ids.push_back(ban->ban_id);
    return ids;
  }

  ManualClock clock_;
  Bans bans_{&clock_};
};

TEST_F(BansTest, WithoutABanNothingMatches) {
  EXPECT_EQ(At("192.0.2.1"), "-");
  EXPECT_EQ(Of({.principal = "alice", .token_id = "t1", .labels = {}}), "-");
  EXPECT_FALSE(bans_.Find(Ip("::1"), {}).has_value());
  EXPECT_EQ(bans_.size(), 0u);
}

TEST_F(BansTest, AHitSaysHowToRefuse) {
  Ban ban = BanOf("b1", BannedPrincipal{"alice"});
  ban.code = 4001;
  ban.reason = "abuse";
  ban.http_status = 451;
  ban.actor = "olga";
  ASSERT_TRUE(bans_.Insert(ban));
  const auto hit = bans_.Find(Ip("192.0.2.1"), {.principal = "alice", .token_id = {}, .labels = {}});
  ASSERT_TRUE(hit.has_value());
  EXPECT_EQ(hit->ban_id, "b1");
  EXPECT_EQ(hit->http_status, 451);
  EXPECT_EQ(hit->expire_time, ban.expire_time);
  const CloseRequest close = CloseRequestOf(*hit);
  EXPECT_EQ(close.cause, CloseCause::kInterrupted);
  EXPECT_EQ(close.code, 4001);
  EXPECT_EQ(close.reason, "abuse");
  EXPECT_EQ(close.actor, "olga");
}

TEST_F(BansTest, EachKindMatchesItsOwnFactAndNoOther) {
  Insert("p", BannedPrincipal{"x"});
  Insert("t", BannedToken{"y"});
  Insert("l", BannedLabel{"tier", "free"});
  Insert("empty", BannedLabel{"team", ""});
  const Labels free{{"region", "eu"}, {"tier", "free"}};
  const Labels other{{"tier", "fre"}, {"tie", "r=free"}, {"free", "tier"}};
  const Labels no_team{{"team", ""}};
  EXPECT_EQ(Of({.principal = "x", .token_id = {}, .labels = {}}), "p");
  EXPECT_EQ(Of({.principal = "y", .token_id = "x", .labels = other}), "-");
  EXPECT_EQ(Of({.principal = {}, .token_id = "y", .labels = {}}), "t");
  EXPECT_EQ(Of({.principal = {}, .token_id = {}, .labels = free}), "l");
  EXPECT_EQ(Of({.principal = {}, .token_id = {}, .labels = no_team}), "empty");
  EXPECT_EQ(Of({.principal = "x", .token_id = "y", .labels = free}), "p");
  EXPECT_EQ(Of({.principal = "z", .token_id = "y", .labels = free}), "t");
  EXPECT_EQ(At("192.0.2.1"), "-");
}

TEST_F(BansTest, ANetworkMatchesItsAddresses) {
  Insert("v4", Network("192.0.2.0/25"));
  Insert("one", Network("198.51.100.7"));
  Insert("v6", Network("2001:db8::/32"));
  Insert("mapped", Network("::ffff:203.0.113.0/120"));
  EXPECT_EQ(At("192.0.2.127"), "v4");
  EXPECT_EQ(At("::ffff:192.0.2.1"), "v4");
  EXPECT_EQ(At("192.0.2.128"), "-");
  EXPECT_EQ(At("198.51.100.7"), "one");
  EXPECT_EQ(At("198.51.100.8"), "-");
  EXPECT_EQ(At("2001:db8:ffff::1"), "v6");
  EXPECT_EQ(At("2001:db9::1"), "-");
  EXPECT_EQ(At("203.0.113.9"), "mapped");
}

TEST_F(BansTest, TheTwoFamiliesDoNotMix) {
  Insert("all-v6", Network("::/0"));
  EXPECT_EQ(At("192.0.2.1"), "-");
  EXPECT_EQ(At("2001:db8::1"), "all-v6");
  Insert("all-v4", Network("0.0.0.0/0"));
  EXPECT_EQ(At("192.0.2.1"), "all-v4");
  EXPECT_TRUE(bans_.Erase("all-v6"));
  EXPECT_EQ(At("2001:db8::1"), "-");
}

TEST_F(BansTest, TheSmallestNetworkIsFoundWhateverTheOrder) {
  for (const std::string prefix : {"8", "32", "16", "24", "0"})
    Insert("p" + prefix, IpNetwork::Of(Ip("10.1.2.3"), IpNetwork::kV4Prefix + std::stoi(prefix)));
  EXPECT_EQ(At("10.1.2.3"), "p32");
  EXPECT_EQ(At("10.1.2.4"), "p24");
  EXPECT_EQ(At("10.1.3.3"), "p16");
  EXPECT_EQ(At("10.2.2.3"), "p8");
  EXPECT_EQ(At("11.1.2.3"), "p0");
  EXPECT_TRUE(bans_.Erase("p24"));
  EXPECT_EQ(At("10.1.2.4"), "p16");
}

TEST_F(BansTest, AnAddressIsFoundBeforeAnIdentity) {
  Insert("p", BannedPrincipal{"alice"});
  Insert("a", Network("192.0.2.1"));
  const Bans::Identity alice{.principal = "alice", .token_id = {}, .labels = {}};
  EXPECT_EQ(bans_.Find(Ip("192.0.2.1"), alice)->ban_id, "a");
  EXPECT_EQ(bans_.Find(Ip("192.0.2.2"), alice)->ban_id, "p");
}

TEST_F(BansTest, ABanEndsAtItsExpiry) {
  Insert("p", BannedPrincipal{"alice"}, minutes(10));
  Insert("a", Network("10.0.0.0/8"), minutes(20));
  clock_.Advance(minutes(10) - std::chrono::nanoseconds(1));
  EXPECT_EQ(Of({.principal = "alice", .token_id = {}, .labels = {}}), "p");
  EXPECT_NE(bans_.Get("p"), nullptr);
  clock_.Advance(std::chrono::nanoseconds(1));
  EXPECT_EQ(Of({.principal = "alice", .token_id = {}, .labels = {}}), "-");
  EXPECT_EQ(bans_.Get("p"), nullptr);
  EXPECT_EQ(At("10.0.0.1"), "a");
  EXPECT_EQ(Ids(), std::vector<std::string>{"a"});
  EXPECT_EQ(bans_.size(), 1u);  // List has removed the other
  EXPECT_FALSE(bans_.Erase("p"));
}

TEST_F(BansTest, AWiderNetworkIsFoundWhenTheSmallerOneHasExpired) {
  Insert("wide", Network("10.0.0.0/8"));
  Insert("narrow", Network("10.1.0.0/16"), minutes(1));
  clock_.Advance(minutes(1));
  EXPECT_EQ(At("10.1.0.1"), "wide");
}

TEST_F(BansTest, OfTwoBansOfOneSubjectEachCounts) {
  Insert("long", BannedPrincipal{"alice"}, hours(2));
  Insert("short", BannedPrincipal{"alice"}, hours(1));
  const Bans::Identity alice{.principal = "alice", .token_id = {}, .labels = {}};
  EXPECT_EQ(Of(alice), "long");
  EXPECT_TRUE(bans_.Erase("long"));
  EXPECT_EQ(Of(alice), "short");
  EXPECT_TRUE(bans_.Erase("short"));
  EXPECT_EQ(Of(alice), "-");
}

TEST_F(BansTest, TheSameIdReplaces) {
  Insert("b", BannedPrincipal{"alice"});
  Insert("b", Network("192.0.2.1"));
  EXPECT_EQ(Of({.principal = "alice", .token_id = {}, .labels = {}}), "-");
  EXPECT_EQ(At("192.0.2.1"), "b");
  Insert("b", Network("192.0.2.1"));  // with the same expiry
  EXPECT_EQ(At("192.0.2.1"), "b");
  EXPECT_EQ(bans_.size(), 1u);
  EXPECT_TRUE(bans_.Erase("b"));
  EXPECT_EQ(At("192.0.2.1"), "-");
  EXPECT_EQ(bans_.size(), 0u);
}

TEST_F(BansTest, ListsInPagesByIdAndSkipsWhatHasExpired) {
  for (const char* id : {"d", "a", "c", "e"}) Insert(id, BannedPrincipal{id});
  Insert("b", BannedPrincipal{"b"}, minutes(1));
  EXPECT_EQ(Ids("", 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Ids("b", 2), (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(Ids("d", 2), (std::vector<std::string>{"e"}));
  EXPECT_EQ(Ids("e", 2), std::vector<std::string>());
  clock_.Advance(minutes(1));
  EXPECT_EQ(Ids("", 2), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(Ids("aa", 1), (std::vector<std::string>{"c"}));  // an id that does not exist is a place, too
}

TEST_F(BansTest, CountsEachRefusalByKind) {
  Insert("p", BannedPrincipal{"alice"});
  Insert("a", Network("192.0.2.1"));
  for (int i = 0; i < 3; ++i) bans_.FindIdentity({.principal = "alice", .token_id = {}, .labels = {}});
  bans_.FindIdentity({.principal = "bob", .token_id = {}, .labels = {}});
  bans_.FindAddress(Ip("192.0.2.1"));
  EXPECT_EQ(bans_.refusals(BanKind::kPrincipal), 3u);
  EXPECT_EQ(bans_.refusals(BanKind::kAddress), 1u);
  EXPECT_EQ(bans_.refusals(BanKind::kLabel), 0u);
  EXPECT_EQ(bans_.refusals(BanKind::kToken), 0u);
}

TEST_F(BansTest, ASweepRemovesWhatHasExpiredWithinItsBound) {
  for (int i = 0; i < 1000; ++i)
    Insert("b" + std::to_string(i), BannedPrincipal{std::to_string(i)}, minutes(1));
  Insert("stays", BannedPrincipal{"stays"});
  clock_.Advance(minutes(1));
  bans_.Sweep(100);
  EXPECT_LE(bans_.size(), 901u);
  EXPECT_GE(bans_.size(), 1001u - 164u);
  bans_.Sweep(10'000);
  EXPECT_EQ(bans_.size(), 1u);
  EXPECT_NE(bans_.Get("stays"), nullptr);
}

TEST_F(BansTest, HoldsAHundredThousandAndNoMore) {
  for (size_t i = 0; i < Bans::kMaxBans; ++i) {
    const std::array<uint8_t, 4> ip = {10, static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8),
                                       static_cast<uint8_t>(i)};
    Insert("b" + std::to_string(i), IpNetwork::Of(IpAddress(ip), 128), i == 7 ? minutes(1) : hours(1));
  }
  EXPECT_EQ(bans_.size(), Bans::kMaxBans);
  EXPECT_FALSE(bans_.Insert(BanOf("one-more", BannedPrincipal{"alice"})));
  EXPECT_EQ(Of({.principal = "alice", .token_id = {}, .labels = {}}), "-");
  Insert("b0", Network("192.0.2.1"));  // replaces
  EXPECT_EQ(At("10.0.0.0"), "-");
  EXPECT_EQ(At("10.1.0.0"), "b65536");
  clock_.Advance(minutes(1));
  Insert("one-more", BannedPrincipal{"alice"});  // takes the place of the expired one
  EXPECT_EQ(bans_.size(), Bans::kMaxBans);
}

TEST(BanIdTest, HasOneToSixtyThreeCharacters) {
  for (const std::string& id : {std::string("a"), std::string("0-z"), std::string(63, 'a')})
    EXPECT_TRUE(IsBanId(id)) << id;
  for (const std::string& id : {std::string(), std::string(64, 'a'), std::string("A"), std::string("a_b"),
                                std::string("a b"), std::string("a\n")})
    EXPECT_FALSE(IsBanId(id)) << id;
}

// For ThreadSanitizer: no call needs another one to be over.
TEST(BansChurnTest, AllAtOnce) {
  ManualClock clock;
  Bans bans(&clock);
  std::atomic<bool> over = false;
  std::vector<std::jthread> readers;
  readers.reserve(2);
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&bans, &over] {
      const Labels labels{{"tier", "3"}};
      while (!over) {
        bans.Find(Ip("10.0.0.3"), {.principal = "3", .token_id = "3", .labels = labels});
        bans.List("b3", 10);
        bans.Get("b3");
        bans.size();
      }
    });
  }
  for (int i = 0; i < 3000; ++i) {
    Ban ban;
    const std::string number = std::to_string(i % 8);
    ban.ban_id = "b" + number;
    switch (i % 4) {
      case 0:
        ban.subject = BannedPrincipal{number};
        break;
      case 1:
        ban.subject = BannedLabel{"tier", number};
        break;
      case 2:
        ban.subject = BannedToken{number};
        break;
      default:
        ban.subject = Network("10.0.0." + number);
    }
    ban.expire_time = clock.Wall() + std::chrono::seconds(i % 8);
    ASSERT_TRUE(bans.Insert(std::move(ban)));
    if (i % 5 == 0) bans.Erase("b" + number);
    if (i % 7 == 0) clock.Advance(std::chrono::seconds(1));
    if (i % 11 == 0) bans.Sweep(4);
  }
  over = true;
}

// A handshake lists the connection, then asks; CreateBan inserts, then walks. One of both sees the other.
TEST(BansOrderTest, NoClientSlipsThrough) {
  for (int round = 0; round < 300; ++round) {
    ManualClock clock;
    Bans bans(&clock);
    Registry registry(NodeIdentity("node", "12345678"), {.history = {}, .events = {.capacity = 16}}, &clock);
    std::atomic<int> ready = 0;
    const auto start_together = [&ready] {
      ++ready;
      while (ready != 2) std::this_thread::yield();
    };
    Registration registration;
    bool refused = false;
    std::jthread handshake([&] {
      start_together();
      ConnectionInfo info;
      info.principal = "alice";
      registration = registry.Add(info);
      refused = bans.Find(Ip("::1"), {.principal = "alice", .token_id = {}, .labels = {}}).has_value();
    });
    Ban ban;
    ban.ban_id = "b";
    ban.subject = BannedPrincipal{"alice"};
    ban.expire_time = clock.Wall() + hours(1);
    start_together();
    ASSERT_TRUE(bans.Insert(std::move(ban)));
    // By the index in every other round.
    const Stretch present =
        round % 2 == 0 ? registry.Walk(0, 16) : registry.Walk(0, 16, {IndexKey::OfPrincipal("alice")});
    const bool found = !present.connections.empty();
    handshake.join();
    EXPECT_TRUE(found || refused);
  }
}

TEST(BansOrderTest, AReplacedBanMatchesAllTheTime) {
  ManualClock clock;
  Bans bans(&clock);
  const auto insert = [&](int i) {
    Ban ban;
    ban.ban_id = "b";
    ban.subject = BannedPrincipal{"alice"};
    ban.expire_time = clock.Wall() + std::chrono::seconds(1 + i % 3);
    return bans.Insert(std::move(ban));
  };
  ASSERT_TRUE(insert(0));
  std::atomic<bool> over = false;
  std::atomic<int> missed = 0;
  std::jthread reader([&] {
    while (!over) {
      if (!bans.FindIdentity({.principal = "alice", .token_id = {}, .labels = {}}).has_value()) ++missed;
    }
  });
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(insert(i));
  over = true;
  reader.join();
  EXPECT_EQ(missed, 0);
}

}  // namespace
}  // namespace drawbridge
