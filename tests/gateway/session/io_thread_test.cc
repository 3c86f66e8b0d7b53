// The event loop of sessions: posted work in order, sockets, deadlines, and safe destruction.
#include "gateway/session/io_thread.h"

#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/connections/send_budget.h"
#include "gateway/session/event_target.h"
#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/gateway/session/socket_pair.h"

namespace drawbridge {
namespace {

struct Resident final : EventTarget {
  explicit Resident(int* died = nullptr) : died_(died) {}
  ~Resident() override {
    if (died_ != nullptr) ++*died_;
  }
  void OnReady(uint32_t) override { on_ready(); }
  void OnDeadline() override { on_deadline(); }
  void Cut() override { ++cut; }
  int cut = 0;
  std::function<void()> on_ready = [] {};
  std::function<void()> on_deadline = [] {};
  int alive = 1;

 private:
  int* const died_;
};

// Waits until the thread has run everything that was posted so far.
void Settle(IoThread& thread) {
  std::promise<void> done;
  thread.Post([&] { done.set_value(); });
  done.get_future().wait();
}

class IoThreadTest : public ::testing::Test {
 protected:
  ManualClock clock_;
  SendBudget budget_;
  IoThread thread_{&clock_, &budget_};
};

TEST_F(IoThreadTest, RunsPostedWorkInOrder) {
  std::vector<int> order;
  for (int i = 0; i < 50; ++i) thread_.Post([&order, i] { order.push_back(i); });
  EXPECT_TRUE(order.empty()) << "nothing runs before Start";
  thread_.Start();
  for (int i = 50; i < 1000; ++i) thread_.Post([&order, i] { order.push_back(i); });
  Settle(thread_);
  ASSERT_EQ(order.size(), 1000U);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(order[static_cast<size_t>(i)], i);
}

TEST_F(IoThreadTest, KeepsTheOrderOfEachOfManyPosters) {
  thread_.Start();
  std::vector<std::vector<int>> seen(4);
  std::vector<std::thread> posters;
  posters.reserve(seen.size());
  for (size_t poster = 0; poster < seen.size(); ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < 500; ++i) thread_.Post([&seen, poster, i] { seen[poster].push_back(i); });
    });
  }
  for (std::thread& poster : posters) poster.join();
  Settle(thread_);
  for (const auto& numbers : seen) {
    ASSERT_EQ(numbers.size(), 500U);
    for (int i = 0; i < 500; ++i) ASSERT_EQ(numbers[static_cast<size_t>(i)], i);
  }
}

TEST_F(IoThreadTest, PostedWorkSeesTheTimeAtWhichItRuns) {
  thread_.Start();
  Settle(thread_);
  clock_.Advance(std::chrono::seconds(7));
  SteadyTime seen;
  thread_.Post([&] { seen = thread_.now(); });
  Settle(thread_);
  EXPECT_EQ(seen, clock_.Steady());
}

TEST_F(IoThreadTest, PostedWorkMayOwnWhatCannotBeCopied) {
  thread_.Start();
  int got = 0;
  thread_.Post([owned = std::make_unique<int>(42), &got] { got = *owned; });
  Settle(thread_);
  EXPECT_EQ(got, 42);
}

TEST_F(IoThreadTest, TellsASocketThatIsReady) {
  SocketPair sockets;
  std::promise<std::thread::id> told;
  Resident& resident = thread_.Adopt(std::make_unique<Resident>());
  resident.on_ready = [&] {
    sockets.Receive();
    told.set_value(std::this_thread::get_id());
  };
  ASSERT_FALSE(thread_.poller().Add(sockets.theirs(), EPOLLIN, &resident));
  thread_.Start();
  const int other = sockets.TakeOurs();
  ASSERT_EQ(::send(other, "x", 1, 0), 1);
  EXPECT_NE(told.get_future().get(), std::this_thread::get_id());
  thread_.Stop();
  ::close(other);
}

// All sockets are ready all the time.
TEST_F(IoThreadTest, TakesAFewNewcomersInTurnBetweenTwoRoundsOfSessions) {
  constexpr int kNewcomers = 100;
  constexpr int kRounds = 50;
  std::vector<std::unique_ptr<SocketPair>> sockets;
  std::vector<int> told(kNewcomers);
  for (int i = 0; i < kNewcomers; ++i) {
    sockets.push_back(std::make_unique<SocketPair>());
    Resident& newcomer = thread_.Adopt(std::make_unique<Resident>());
    newcomer.on_ready = [&told, i] { ++told[i]; };
    ASSERT_FALSE(thread_.newcomers().Add(sockets[i]->theirs(), EPOLLOUT, &newcomer));
  }
  SocketPair socket;
  Resident& session = thread_.Adopt(std::make_unique<Resident>());
  int rounds = 0;
  std::promise<int> all;
  session.on_ready = [&] {
    clock_.Advance(std::chrono::milliseconds(1));  // otherwise the loop cannot detect the end of this wake-up
    if (++rounds == kRounds) all.set_value(std::accumulate(told.begin(), told.end(), 0));
  };
  ASSERT_FALSE(thread_.poller().Add(socket.theirs(), EPOLLOUT, &session));
  thread_.Start();
  EXPECT_LE(all.get_future().get(), kRounds * 10);
  thread_.Stop();
  EXPECT_GE(*std::ranges::min_element(told), 1) << "each had its turn";
}

TEST_F(IoThreadTest, CallsADeadlineOnceTheClockSaysSo) {
  std::promise<SteadyTime> fired;
  Resident& resident = thread_.Adopt(std::make_unique<Resident>());
  resident.on_deadline = [&] { fired.set_value(thread_.now()); };
  const SteadyTime due = thread_.now() + std::chrono::hours(3);
  thread_.deadlines().Set(resident, due);
  thread_.Start();
  clock_.Advance(std::chrono::hours(4));
  EXPECT_GE(fired.get_future().get(), due);
}

// The stop callback of a session posts the session's address, which must stay valid until the post has run.
TEST_F(IoThreadTest, ReleasedResidentsOutliveWhatWasPostedBefore) {
  int died = 0;
  Resident* resident = &thread_.Adopt(std::make_unique<Resident>(&died));
  int alive = 0;
  int died_then = -1;
  thread_.Post([&] {
    thread_.Post([&] {
      alive = resident->alive;
      died_then = died;
    });
    thread_.Release(*resident);
  });
  thread_.Start();
  Settle(thread_);
  Settle(thread_);
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(died_then, 0);
  EXPECT_EQ(died, 1);
}

// The same if all are cut at once, by work that was posted before an interrupt was.
TEST_F(IoThreadTest, CutResidentsOutliveWhatWasPostedBefore) {
  int died = 0;
  std::vector<Resident*> residents;
  residents.reserve(3);
  for (int i = 0; i < 3; ++i) residents.push_back(&thread_.Adopt(std::make_unique<Resident>(&died)));
  int alive = 0;
  thread_.Post([&] { thread_.CutResidents(); });
  thread_.Post([&] {
    for (const Resident* resident : residents) alive += resident->alive * resident->cut;
  });
  thread_.Start();
  Settle(thread_);
  Settle(thread_);
  EXPECT_EQ(alive, 3);
  EXPECT_EQ(died, 3);
}

TEST_F(IoThreadTest, AReleasedResidentHasNoDeadline) {
  int died = 0;
  Resident& resident = thread_.Adopt(std::make_unique<Resident>(&died));
  bool fired = false;
  resident.on_deadline = [&] { fired = true; };
  thread_.deadlines().Set(resident, thread_.now() + std::chrono::seconds(1));
  thread_.Release(resident);
  EXPECT_EQ(died, 0);
  thread_.Post([&] { thread_.deadlines().Advance(thread_.now() + std::chrono::seconds(2)); });
  thread_.Start();
  Settle(thread_);
  EXPECT_EQ(died, 1);
  EXPECT_FALSE(fired);
}

TEST(IoThreadLifeTest, DestroysWhoeverStillLivesThere) {
  ManualClock clock;
  int died = 0;
  {
    SendBudget budget;
    IoThread thread(&clock, &budget);
    for (int i = 0; i < 3; ++i) thread.Adopt(std::make_unique<Resident>(&died));
    thread.Start();
    Settle(thread);
    EXPECT_EQ(died, 0);
  }
  EXPECT_EQ(died, 3);
}

TEST(IoThreadLifeTest, DestroysWhoWasReleasedWithoutARun) {
  ManualClock clock;
  int died = 0;
  {
    SendBudget budget;
    IoThread thread(&clock, &budget);
    thread.Release(thread.Adopt(std::make_unique<Resident>(&died)));
    EXPECT_EQ(died, 0);
  }
  EXPECT_EQ(died, 1);
}

TEST(IoThreadLifeTest, StopsTwiceAndWithoutAStart) {
  ManualClock clock;
  SendBudget budget;
  IoThread thread(&clock, &budget);
  thread.Stop();
  thread.Start();
  thread.Stop();
  thread.Stop();
}

}  // namespace
}  // namespace drawbridge
