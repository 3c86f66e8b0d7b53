// Connections open, change labels and end on several threads: no event is lost, and the events of each
// connection are in a valid order.
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "gateway/connections/registry.h"
#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

constexpr int kThreads = 3;
constexpr int kClientsOfEach = 4000;

class EventsChurnTest : public ::testing::Test {
 protected:
  // Opens and ends connections. A second thread labels them at the same time.
  void Churn(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Registration> mine;
    for (int i = 0; i < kClientsOfEach; ++i) {
      mine.push_back(registry_.Add({}));
      if (mine.size() > 20) {
        Registration& oldest = mine[random() % mine.size()];
        oldest.connection()->Interrupt(CloseRequest(CloseCause::kDisconnected));
        if (random() % 2 == 0) oldest.TellClosing();
        std::swap(oldest, mine.back());
        mine.pop_back();
      }
    }
    while (!mine.empty()) mine.pop_back();
  }

  void Label() {
    while (!done_) {
      for (const auto& connection : registry_.Walk(0, 100).connections) {
        boost::intrusive_ptr<Attributes> next(new Attributes);
        if (registry_.Update(*connection, connection->attributes(), next)) ++updates_;
      }
      std::this_thread::yield();
    }
  }

  // Reads the events while they are written, and waits for the doorbell as a watch does.
  void Read() {
    uint64_t position = 0;
    while (!done_ || position < registry_.events().end()) {
      std::vector<Event> events;
      ASSERT_TRUE(registry_.events().Read(position, 500, &events));
      position += events.size();
      for (const Event& event : events) Check(event);
      registry_.events().Await(position);
      if (events.empty()) std::this_thread::yield();
    }
  }

  void Check(const Event& event) {
    if (event.kind == Event::Kind::kOpened) {
      ++opened_;
      EXPECT_TRUE(states_.emplace(event.sequence, ConnectionState::kOpen).second) << "opened twice";
      return;
    }
    const auto found = states_.find(event.sequence);
    ASSERT_NE(found, states_.end()) << "told before its opening";
    EXPECT_LE(found->second, event.state) << "back to an earlier state";
    if (event.kind == Event::Kind::kClosed && found->second != ConnectionState::kClosed) ++closed_;
    if (event.kind == Event::Kind::kUpdated) {
      EXPECT_NE(found->second, ConnectionState::kClosed) << "after its end";
    }
    if (event.relabelled) ++relabelled_;
    found->second = event.state;
  }

  ManualClock clock_;
  Registry registry_{NodeIdentity("n", "abcd1234"), {}, &clock_};
  std::atomic<bool> done_ = false;
  std::atomic<int> updates_ = 0;
  // Used by the reader alone.
  std::map<uint64_t, ConnectionState> states_;
  int opened_ = 0;
  int closed_ = 0;
  int relabelled_ = 0;
};

TEST_F(EventsChurnTest, NothingIsLostAndEachLifeIsInOrder) {
  std::thread reader([this] { Read(); });
  std::thread labeller([this] { Label(); });
  std::vector<std::thread> churners;
  churners.reserve(kThreads);
  for (unsigned i = 0; i < kThreads; ++i) churners.emplace_back([this, i] { Churn(i); });
  for (std::thread& churner : churners) churner.join();
  done_ = true;
  labeller.join();
  reader.join();
  EXPECT_EQ(opened_, kThreads * kClientsOfEach);
  EXPECT_EQ(closed_, kThreads * kClientsOfEach);
  EXPECT_GT(relabelled_, 0);
  EXPECT_LE(relabelled_, updates_) << "those that come before the opening are none";
}

}  // namespace
}  // namespace drawbridge
