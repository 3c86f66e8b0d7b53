// The list of connections: pages in order, and lookup by id of open and ended connections.
#include "gateway/connections/registry.h"

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

class RegistryTest : public ::testing::Test {
 protected:
  // Closes as a session does.
  void Close(Registration& registration) {
    const auto connection = registration.connection();
    connection->Interrupt(CloseRequest(CloseCause::kInterrupted));
    CloseResult result;
    result.close_time = clock_.Steady();
    connection->RecordEnd(result);
    registration.Reset();
    connection->TellWaiters();
  }

  std::vector<uint64_t> Sequences(uint64_t after, size_t limit) const {
    std::vector<uint64_t> sequences;
    for (const auto& connection : registry_.Page(after, limit))
      sequences.push_back(connection->info().sequence);
    return sequences;
  }

  ManualClock clock_;
  Registry registry_{NodeIdentity("node-a", "abcd1234"), {}, &clock_};
};

TEST_F(RegistryTest, FillsInWhatOnlyItKnows) {
  const Registration first = registry_.Add({.remote_address = "10.0.0.1:5", .path = "/p"});
  clock_.Advance(std::chrono::seconds(1));
  const Registration second = registry_.Add({});
  const ConnectionInfo& info = first.connection()->info();
  EXPECT_EQ(info.sequence, 1U);
  EXPECT_EQ(info.id, registry_.node().ConnectionId(1));
  EXPECT_EQ(info.remote_address, "10.0.0.1:5");
  EXPECT_EQ(info.path, "/p");
  EXPECT_EQ(second.connection()->info().sequence, 2U);
  EXPECT_EQ(second.connection()->info().create_time - info.create_time, std::chrono::seconds(1));
  EXPECT_EQ(registry_.size(), 2U);
}

TEST_F(RegistryTest, AConnectionHasItsFirstAttributesFromItsOpeningOn) {
  boost::intrusive_ptr<Attributes> first(new Attributes);
  first->labels = {{"role", "admin"}};
  first->expire_time = clock_.Wall() + std::chrono::minutes(5);
  const AttributesPointer shared = first;
  Registration one = registry_.Add({.principal = "alice"}, {}, shared);
  const Registration two = registry_.Add({.principal = "alice"}, {}, shared);
  EXPECT_EQ(one.connection()->attributes(), shared);
  const std::vector<IndexKey> key = {IndexKey::OfLabel("role", "admin")};
  EXPECT_EQ(registry_.Count(key), 2U) << "found by label before any update";

  boost::intrusive_ptr<Attributes> next(new Attributes(*shared));
  next->labels = {{"role", "guest"}};
  EXPECT_TRUE(registry_.Update(*one.connection(), shared, next));
  EXPECT_EQ(registry_.Count(key), 1U);
  EXPECT_EQ(two.connection()->attributes()->labels.at("role"), "admin") << "a shared object never changes";
  Close(one);
  EXPECT_EQ(registry_.Count({IndexKey::OfLabel("role", "guest")}), 0U);
}

TEST_F(RegistryTest, RemembersThePeakUntilItIsTaken) {
  {
    const Registration stays = registry_.Add({});
    { const Registration goes = registry_.Add({}); }
    const Registration comes = registry_.Add({});
    EXPECT_EQ(registry_.TakePeak(), 2U);
  }
  EXPECT_EQ(registry_.TakePeak(), 2U) << "there were two when it was last taken";
  EXPECT_EQ(registry_.TakePeak(), 0U);
}

TEST_F(RegistryTest, FindsTheOpenThenTheClosed) {
  Registration registration = registry_.Add({});
  const auto connection = registration.connection();
  const std::string id(connection->info().id);
  EXPECT_EQ(registry_.Find(id), connection);
  Close(registration);
  EXPECT_EQ(registry_.Find(id), connection);
  EXPECT_EQ(registry_.size(), 0U);
  EXPECT_TRUE(registry_.Page(0, 10).empty());
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(registry_.Find(id), nullptr);
}

TEST_F(RegistryTest, FindsNothingUnderAnyOtherName) {
  const Registration registration = registry_.Add({});
  const std::string id(registration.connection()->info().id);
  const NodeIdentity other("node-a", "abcd1235");
  for (const std::string& name :
       {std::string(), id + "0", id.substr(1), registry_.node().ConnectionId(2),
        registry_.node().ConnectionId(0), other.ConnectionId(1), std::string("x")}) {
    EXPECT_EQ(registry_.Find(name), nullptr) << name;
  }
}

TEST_F(RegistryTest, RemembersTenThousandAndNoMore) {
  std::vector<std::string> ids;
  for (int i = 0; i < 10'001; ++i) {
    Registration registration = registry_.Add({});
    ids.emplace_back(registration.connection()->info().id);
    Close(registration);
  }
  EXPECT_EQ(registry_.Find(ids[0]), nullptr);
  for (size_t i = 1; i < ids.size(); ++i) ASSERT_NE(registry_.Find(ids[i]), nullptr) << i;
}

TEST_F(RegistryTest, ARegistrationUnlistsWhenItDies) {
  std::optional<Registration> registration = registry_.Add({});
  Registration moved = std::move(*registration);
  registration.reset();
  EXPECT_EQ(registry_.size(), 1U);
  moved = registry_.Add({});
  EXPECT_EQ(registry_.size(), 1U) << "what it held before is unlisted";
  EXPECT_EQ(Sequences(0, 10), (std::vector<uint64_t>{2}));
  moved.Reset();
  moved.Reset();
  EXPECT_EQ(moved.connection(), nullptr);
  EXPECT_EQ(registry_.size(), 0U);
}

TEST_F(RegistryTest, PagesAreInOrderOfAge) {
  std::vector<Registration> registrations;
  std::vector<uint64_t> expected;
  for (uint64_t i = 1; i <= 100; ++i) {
    registrations.push_back(registry_.Add({}));
    expected.push_back(i);
  }
  EXPECT_EQ(Sequences(0, 1000), expected);
  EXPECT_EQ(Sequences(0, 100), expected);
  EXPECT_EQ(Sequences(0, 3), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(Sequences(42, 3), (std::vector<uint64_t>{43, 44, 45}));
  EXPECT_EQ(Sequences(98, 3), (std::vector<uint64_t>{99, 100}));
  EXPECT_TRUE(Sequences(100, 3).empty());
  EXPECT_TRUE(Sequences(~uint64_t{0}, 3).empty());
  EXPECT_TRUE(Sequences(0, 0).empty());
}

// A walk reads a chunk of each shard at a time, but all remaining connections may be in one shard.
TEST_F(RegistryTest, PagesAreWholeWhereOneShardHoldsThemAll) {
  std::vector<Registration> registrations;
  registrations.reserve(4000);
  for (int i = 0; i < 4000; ++i) registrations.push_back(registry_.Add({}));
  std::vector<uint64_t> expected;
  for (size_t i = 0; i < registrations.size(); ++i) {
    const uint64_t sequence = registrations[i].connection()->info().sequence;
    if (sequence % 16 == 5) {
      expected.push_back(sequence);
    } else {
      registrations[i].Reset();
    }
  }
  EXPECT_EQ(Sequences(0, 4000), expected);
  EXPECT_EQ(Sequences(0, expected.size()), expected);
  EXPECT_EQ(Sequences(0, 200), std::vector<uint64_t>(expected.begin(), expected.begin() + 200));
}

TEST_F(RegistryTest, PagesEqualTheModelsWhateverIsAddedAndRemoved) {
  std::mt19937_64 random(7);
  std::vector<Registration> registrations;
  std::set<uint64_t> model;
  for (int step = 0; step < 4000; ++step) {
    if (registrations.empty() || random() % 5 < 3) {
      registrations.push_back(registry_.Add({}));
      model.insert(registrations.back().connection()->info().sequence);
    } else {
      const size_t victim = random() % registrations.size();
      model.erase(registrations[victim].connection()->info().sequence);
      registrations[victim] = std::move(registrations.back());
      registrations.pop_back();
    }
    if (step % 20 != 0) continue;
    const uint64_t after = random() % 4000;
    const size_t limit = random() % 300;
    std::vector<uint64_t> expected;
    for (auto it = model.upper_bound(after); it != model.end() && expected.size() < limit; ++it)
      expected.push_back(*it);
    ASSERT_EQ(Sequences(after, limit), expected) << "step " << step;
    ASSERT_EQ(registry_.size(), model.size());
  }
}

}  // namespace
}  // namespace drawbridge
