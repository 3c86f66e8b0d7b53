// A stretch of the walk holds every connection up to the sequence that it reports as reached.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gateway/connections/registry.h"
#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

using Sequences = std::vector<uint64_t>;

class RegistryWalkTest : public ::testing::Test {
 protected:
  // Lists `count` connections and removes those that `leaves` selects.
  template <typename Leaves>
  void Crowd(uint64_t count, Leaves leaves) {
    for (uint64_t i = 0; i < count; ++i) {
      Registration registration = registry_.Add({.principal = i % 10 == 0 ? "ten" : ""});
      if (!leaves(i + 1)) registrations_.push_back(std::move(registration));
    }
  }
  Sequences Listed() const {
    Sequences listed;
    for (const auto& each : registrations_) listed.push_back(each.connection()->info().sequence);
    return listed;
  }
  static Sequences Sorted(const Stretch& stretch) {
    Sequences sequences;
    for (const auto& each : stretch.connections) sequences.push_back(each->info().sequence);
    std::ranges::sort(sequences);
    return sequences;
  }
  template <typename Take>
  Sequences Walk(Take take) {
    Sequences all;
    for (uint64_t after = 0; after != Stretch::kEnd;) {
      const Stretch stretch = take(after);
      const Sequences some = Sorted(stretch);
      EXPECT_TRUE(some.empty() || (some.front() > after && some.back() <= stretch.through));
      EXPECT_GT(stretch.through, after);
      largest_ = std::max(largest_, some.size());
      all.insert(all.end(), some.begin(), some.end());
      after = stretch.through;
    }
    return all;
  }
  void Label(const std::shared_ptr<Connection>& connection, const std::string& key,
             const std::string& value) {
    boost::intrusive_ptr<Attributes> attributes(new Attributes);
    attributes->labels = {{key, value}};
    ASSERT_TRUE(registry_.Update(*connection, connection->attributes(), attributes));
  }
  Sequences Find(const IndexKey& key) { return Sorted(registry_.Walk(0, 100, {key})); }

  ManualClock clock_;
  Registry registry_{NodeIdentity("node-a", "abcd1234"), {}, &clock_};
  std::vector<Registration> registrations_;
  size_t largest_ = 0;
};

TEST_F(RegistryWalkTest, MeetsEverybodyOnceHoweverTheyLie) {
  std::mt19937 random(5);
  Crowd(500, [](uint64_t) { return false; });
  Crowd(3000, [&](uint64_t) { return random() % 50 != 0; });          // few remain of many
  Crowd(2000, [](uint64_t sequence) { return sequence % 16 != 3; });  // all remaining ones in one shard
  Crowd(300, [](uint64_t) { return false; });
  for (const size_t size : {1, 7, 100, 1000, 10'000}) {
    largest_ = 0;
    EXPECT_EQ(Walk([&](uint64_t after) { return registry_.Walk(after, size); }), Listed()) << size;
    EXPECT_LE(largest_, size + size / 4 + 48) << "a stretch is bounded";
  }
}

TEST_F(RegistryWalkTest, ByKeysMeetsWhoHasOneOfThem) {
  Crowd(400, [](uint64_t sequence) { return sequence % 7 == 0; });
  Label(registrations_[5].connection(), "k", "v");
  Label(registrations_[0].connection(), "k", "v");
  const std::string id(registrations_[50].connection()->info().id);
  const std::vector<IndexKey> keys = {IndexKey::OfPrincipal("ten"), IndexKey::OfLabel("k", "v"),
                                      IndexKey::OfId(id), IndexKey::OfId("nobody"), IndexKey::OfId(id)};
  Sequences expected;
  for (size_t i = 0; i < registrations_.size(); ++i) {
    const auto& info = registrations_[i].connection()->info();
    if (info.principal == "ten" || i == 5 || i == 0 || i == 50) expected.push_back(info.sequence);
  }
  ASSERT_GT(expected.size(), 30U);
  for (const size_t size : {1, 2, 5, 1000}) {
    largest_ = 0;
    EXPECT_EQ(Walk([&](uint64_t after) { return registry_.Walk(after, size, keys); }), expected) << size;
    EXPECT_LE(largest_, size);
  }
}

TEST_F(RegistryWalkTest, TheIndexFollowsAddUpdateAndRemove) {
  registrations_.push_back(registry_.Add({.principal = "alice"}));
  registrations_.push_back(registry_.Add({.principal = "alice"}));
  const auto first = registrations_[0].connection();
  EXPECT_EQ(Find(IndexKey::OfPrincipal("alice")), (Sequences{1, 2}));
  EXPECT_EQ(registry_.Count({IndexKey::OfPrincipal("alice"), IndexKey::OfId(first->info().id)}), 3U);
  Label(first, "k", "v");
  Label(first, "k", "v");
  EXPECT_EQ(Find(IndexKey::OfLabel("k", "v")), Sequences{1});
  Label(first, "k", "w");
  EXPECT_EQ(Find(IndexKey::OfLabel("k", "v")), Sequences());
  EXPECT_EQ(Find(IndexKey::OfLabel("k", "w")), Sequences{1});
  registrations_[0].Reset();
  EXPECT_EQ(Find(IndexKey::OfLabel("k", "w")), Sequences());
  EXPECT_EQ(Find(IndexKey::OfPrincipal("alice")), Sequences{2});
  registrations_[1].Reset();
  EXPECT_EQ(registry_.Count({IndexKey::OfPrincipal("alice"), IndexKey::OfLabel("k", "w")}), 0U);
}

TEST_F(RegistryWalkTest, AnUpdateThatComesTooLateChangesNothing) {
  registrations_.push_back(registry_.Add({}));
  const auto connection = registrations_[0].connection();
  Label(connection, "k", "v");
  boost::intrusive_ptr<Attributes> late(new Attributes);
  late->labels = {{"k", "late"}};
  EXPECT_FALSE(registry_.Update(*connection, nullptr, late)) << "they are no longer what it expects";
  connection->Interrupt(CloseRequest(CloseCause::kInterrupted));
  EXPECT_FALSE(registry_.Update(*connection, connection->attributes(), late)) << "it is closing";
  EXPECT_EQ(Find(IndexKey::OfLabel("k", "late")), Sequences());
  EXPECT_EQ(Find(IndexKey::OfLabel("k", "v")), Sequences{1});
  EXPECT_EQ(connection->attributes()->labels.at("k"), "v");
}

TEST_F(RegistryWalkTest, TheClosedAreMetUntilTheyAreForgotten) {
  for (int i = 0; i < 100; ++i) {
    registrations_.push_back(registry_.Add({}));
    const auto connection = registrations_.back().connection();
    if (i % 3 != 0) continue;
    connection->Interrupt(CloseRequest(CloseCause::kInterrupted));
    CloseResult result;
    result.close_time = clock_.Steady();
    connection->RecordEnd(result);
    registrations_.back().Reset();
    if (i == 30) clock_.Advance(std::chrono::minutes(1));
  }
  Sequences closed;
  for (uint64_t i = 0; i < 100; i += 3) closed.push_back(i + 1);
  const auto walk = [&](size_t size) {
    return Walk([&](uint64_t after) { return registry_.WalkClosed(after, size); });
  };
  for (const size_t size : {1, 5, 33, 34, 35, 100}) EXPECT_EQ(walk(size), closed) << size;
  clock_.Advance(std::chrono::minutes(4));
  closed.erase(closed.begin(), closed.begin() + 11);
  for (const size_t size : {1, 5, 100}) EXPECT_EQ(walk(size), closed) << "the older are forgotten";
}

}  // namespace
}  // namespace drawbridge
