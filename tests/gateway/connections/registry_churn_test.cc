// A connection that is open during a whole walk of the list is in it exactly once, and an id is found at all
// times, while other threads add and remove connections.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/connections/registry.h"
#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

// The sequences that are certainly listed now, and the time since which each other one is certainly not.
class Model {
 public:
  void Listed(uint64_t sequence) {
    const std::lock_guard lock(mu_);
    listed_.insert(sequence);
  }
  void AboutToLeave(uint64_t sequence) {
    const std::lock_guard lock(mu_);
    listed_.erase(sequence);
  }
  void Gone(uint64_t sequence) {
    const std::lock_guard lock(mu_);
    gone_since_.emplace(sequence, ++now_);
  }
  std::set<uint64_t> listed() const {
    const std::lock_guard lock(mu_);
    return listed_;
  }
  uint64_t now() const {
    const std::lock_guard lock(mu_);
    return now_;
  }
  bool WasGone(uint64_t sequence, uint64_t then) const {
    const std::lock_guard lock(mu_);
    const auto found = gone_since_.find(sequence);
    return found != gone_since_.end() && found->second <= then;
  }

 private:
  mutable std::mutex mu_;
  std::set<uint64_t> listed_;
  std::map<uint64_t, uint64_t> gone_since_;
  uint64_t now_ = 0;
};

class RegistryChurnTest : public ::testing::Test {
 protected:
  // Adds and removes connections of any age until it is stopped.
  void Churn(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Registration> mine;
    while (!done_) {
      std::this_thread::yield();  // otherwise the walkers starve on a machine with few cores
      if (mine.size() < 40 || (mine.size() < 200 && random() % 2 == 0)) {
        mine.push_back(registry_.Add({}));
        model_.Listed(mine.back().connection()->info().sequence);
      } else {
        const size_t victim = random() % mine.size();
        const uint64_t sequence = mine[victim].connection()->info().sequence;
        model_.AboutToLeave(sequence);
        mine[victim].Reset();
        model_.Gone(sequence);
        mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(victim));
      }
    }
  }

  void WalkAndCheck(size_t page_size) {
    const uint64_t begin = model_.now();
    const std::set<uint64_t> listed_before = model_.listed();
    std::vector<uint64_t> walk;
    for (uint64_t after = 0;;) {
      const auto page = registry_.Page(after, page_size);
      for (const auto& connection : page) walk.push_back(connection->info().sequence);
      if (page.size() < page_size) break;
      after = page.back()->info().sequence;
    }
    const std::set<uint64_t> listed_after = model_.listed();

    ASSERT_TRUE(std::ranges::is_sorted(walk));
    ASSERT_EQ(std::ranges::adjacent_find(walk), walk.end()) << "twice in the list";
    std::vector<uint64_t> stayed;
    std::ranges::set_intersection(listed_before, listed_after, std::back_inserter(stayed));
    ASSERT_TRUE(std::ranges::includes(walk, stayed)) << "missing from the list";
    for (const uint64_t sequence : walk)
      ASSERT_FALSE(model_.WasGone(sequence, begin)) << "listed though gone";
  }

  ManualClock clock_;
  Registry registry_{NodeIdentity("node-a", "abcd1234"), {.history = {.capacity = 100}}, &clock_};
  Model model_;
  std::atomic<bool> done_ = false;
};

TEST_F(RegistryChurnTest, WhoStaysDuringAWalkIsInItExactlyOnce) {
  std::vector<std::thread> churners;
  for (unsigned seed = 1; seed <= 3; ++seed) churners.emplace_back([this, seed] { Churn(seed); });
  std::vector<std::thread> walkers;
  for (unsigned seed = 11; seed <= 12; ++seed) {
    walkers.emplace_back([this, seed] {
      std::mt19937 random(seed);
      // Runs until there were many walks and much churn.
      for (int walk = 0; (walk < 60 || model_.now() < 3000) && !HasFatalFailure(); ++walk)
        WalkAndCheck(1 + random() % 70);
    });
  }
  for (std::thread& walker : walkers) walker.join();
  done_ = true;
  for (std::thread& churner : churners) churner.join();
  EXPECT_EQ(registry_.size(), 0U);
}

// One thread looks the ids up all the time while another moves each connection from the list to the history.
TEST_F(RegistryChurnTest, AnIdIsFoundWithoutAGapWhileItLeaves) {
  Registration registration = registry_.Add({});
  std::atomic<uint64_t> sequence = 1;
  std::atomic<int> looked = 0;
  std::atomic<int> missed = 0;
  std::thread finder([&] {
    while (!done_) {
      if (registry_.Find(registry_.node().ConnectionId(sequence)) == nullptr) ++missed;
      ++looked;
    }
  });
  const auto wait_for_a_look = [&] {
    for (const int before = looked; looked < before + 2;) std::this_thread::yield();
  };
  for (int round = 0; round < 300; ++round) {
    wait_for_a_look();
    registration.Reset();
    wait_for_a_look();
    registration = registry_.Add({});
    sequence = registration.connection()->info().sequence;
  }
  done_ = true;
  finder.join();
  EXPECT_EQ(missed, 0);
}

// Several threads update one connection at the same time, and the connection ends meanwhile.
TEST_F(RegistryChurnTest, TheIndexNeverMissesWhoHasALabelNorKeepsWhoLeft) {
  const IndexKey steady = IndexKey::OfLabel("steady", "yes");
  std::vector<std::shared_ptr<Connection>> connections;
  std::vector<Registration> registrations;
  for (int i = 0; i < 4; ++i) {
    registrations.push_back(registry_.Add({}));
    connections.push_back(registrations.back().connection());
  }
  const auto update = [&](Connection& connection, unsigned noise) {
    boost::intrusive_ptr<Attributes> labels(new Attributes);
    labels->labels = {{"steady", "yes"}, {"noise", std::to_string(noise % 2)}};
    return registry_.Update(connection, connection.attributes(), labels);
  };
  for (const auto& connection : connections) ASSERT_TRUE(update(*connection, 0));
  std::vector<std::thread> updaters;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    updaters.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 3000; ++i) update(*connections[random() % connections.size()], random());
    });
  }
  for (int look = 0; look < 1000; ++look)
    ASSERT_EQ(registry_.Walk(0, 10, {steady}).connections.size(), connections.size());
  for (const auto& connection : connections) connection->Interrupt(CloseRequest(CloseCause::kInterrupted));
  registrations.clear();
  for (std::thread& updater : updaters) updater.join();
  EXPECT_EQ(registry_.Count({steady, IndexKey::OfLabel("noise", "0"), IndexKey::OfLabel("noise", "1")}), 0U);
}

TEST_F(RegistryChurnTest, NoTwoConnectionsShareASequence) {
  std::vector<std::vector<uint64_t>> given(4);
  std::vector<std::thread> threads;
  threads.reserve(given.size());
  for (auto& mine : given) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) mine.push_back(registry_.Add({}).connection()->info().sequence);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<uint64_t> all;
  for (const auto& mine : given) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 8000U);
  EXPECT_EQ(*all.rbegin(), 8000U);
}

}  // namespace
}  // namespace drawbridge
