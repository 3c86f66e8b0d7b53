// What other threads may do with a connection: interrupt it once, and be notified once of its end.
#include "gateway/connections/connection.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <latch>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

CloseRequest Because(CloseCause cause, const std::string& reason) {
  CloseRequest request(cause);
  request.reason = reason;
  return request;
}

CloseResult EndedWith(uint16_t code) {
  CloseResult result;
  result.sent_code = code;
  return result;
}

// Ends the connection as its session does when the socket is closed.
void End(Connection& connection, uint16_t code) {
  connection.RecordEnd(EndedWith(code));
  connection.TellWaiters();
}

class ConnectionTest : public ::testing::Test {
 protected:
  Connection connection_{ConnectionInfo{.sequence = 7, .id = "some-id"}};
};

TEST_F(ConnectionTest, IsOpenUntilItIsInterrupted) {
  EXPECT_EQ(connection_.info().id, "some-id");
  EXPECT_EQ(connection_.state(), ConnectionState::kOpen);
  EXPECT_FALSE(connection_.stop_token().stop_requested());
  EXPECT_FALSE(connection_.close_request().has_value());
  EXPECT_FALSE(connection_.close_result().has_value());
}

TEST_F(ConnectionTest, TheFirstCauseStands) {
  EXPECT_TRUE(connection_.Interrupt(Because(CloseCause::kIdle, "first")));
  EXPECT_EQ(connection_.state(), ConnectionState::kClosing);
  EXPECT_FALSE(connection_.Interrupt(Because(CloseCause::kInterrupted, "second")));
  EXPECT_EQ(connection_.close_request()->cause, CloseCause::kIdle);
  EXPECT_EQ(connection_.close_request()->reason, "first");
  End(connection_, 1001);
  EXPECT_EQ(connection_.state(), ConnectionState::kClosed);
  EXPECT_FALSE(connection_.Interrupt(Because(CloseCause::kShutdown, "third")));
  EXPECT_EQ(connection_.state(), ConnectionState::kClosed);
  EXPECT_EQ(connection_.close_request()->reason, "first");
  EXPECT_EQ(connection_.close_result()->sent_code, 1001);
}

TEST_F(ConnectionTest, ALaterRequestOnlyShortensTheFirst) {
  CloseRequest first = Because(CloseCause::kInterrupted, "first");
  first.grace = std::chrono::seconds(20);
  connection_.Interrupt(first);
  CloseRequest second = Because(CloseCause::kShutdown, "second");
  second.grace = std::chrono::seconds(30);
  second.drop_pending = true;
  connection_.Interrupt(second);
  EXPECT_EQ(connection_.close_request()->grace, std::chrono::seconds(20));
  EXPECT_TRUE(connection_.close_request()->drop_pending);
  EXPECT_FALSE(connection_.close_request()->abort);
  second.grace = std::chrono::seconds(1);
  second.abort = true;
  connection_.Interrupt(second);
  first.drop_pending = false;
  connection_.Interrupt(first);
  EXPECT_EQ(connection_.close_request()->grace, std::chrono::seconds(1));
  EXPECT_TRUE(connection_.close_request()->drop_pending);
  EXPECT_TRUE(connection_.close_request()->abort);
  EXPECT_EQ(connection_.close_request()->cause, CloseCause::kInterrupted);
  EXPECT_EQ(connection_.close_request()->reason, "first");
}

TEST_F(ConnectionTest, ItsSessionsOwnEndDoesNotShortenTheFirst) {
  CloseRequest first = Because(CloseCause::kInterrupted, "first");
  first.grace = std::chrono::seconds(20);
  EXPECT_TRUE(connection_.BeginClosing(first));
  EXPECT_FALSE(connection_.BeginClosing(CloseRequest(CloseCause::kClientClosed)));
  EXPECT_EQ(connection_.close_request()->grace, std::chrono::seconds(20));
  EXPECT_EQ(connection_.close_request()->reason, "first");
}

TEST_F(ConnectionTest, TheSessionIsToldOnceAndSeesTheRequest) {
  int told = 0;
  std::string reason;
  const std::stop_callback callback(connection_.stop_token(), [&] {
    ++told;
    reason = connection_.close_request()->reason;  // deadlocks if the callback runs under the lock
  });
  connection_.Interrupt(Because(CloseCause::kInterrupted, "first"));
  connection_.Interrupt(Because(CloseCause::kInterrupted, "second"));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(reason, "first");
}

TEST_F(ConnectionTest, WaitersAreCalledOnceWithTheResult) {
  std::vector<uint16_t> told;
  for (int i = 0; i < 3; ++i) {
    EXPECT_NE(connection_.WhenClosed([&](const CloseResult& result) { told.push_back(result.sent_code); }),
              0U);
  }
  connection_.Interrupt(CloseRequest(CloseCause::kInterrupted));
  EXPECT_TRUE(told.empty());
  connection_.RecordEnd(EndedWith(1008));
  EXPECT_TRUE(told.empty()) << "it is still listed";
  connection_.TellWaiters();
  EXPECT_EQ(told, (std::vector<uint16_t>{1008, 1008, 1008}));
}

TEST_F(ConnectionTest, AWaiterBetweenTheEndAndTheTellingIsToldWithTheOthers) {
  connection_.Interrupt(CloseRequest(CloseCause::kInterrupted));
  connection_.RecordEnd(EndedWith(1008));
  int told = 0;
  EXPECT_NE(connection_.WhenClosed([&](const CloseResult&) { ++told; }), 0U);
  EXPECT_EQ(told, 0) << "it is still listed";
  connection_.TellWaiters();
  EXPECT_EQ(told, 1);
}

TEST_F(ConnectionTest, ALateWaiterIsCalledAtOnce) {
  connection_.Interrupt(CloseRequest(CloseCause::kInterrupted));
  End(connection_, 1008);
  uint16_t told = 0;
  connection_.WhenClosed([&](const CloseResult& result) { told = result.sent_code; });
  EXPECT_EQ(told, 1008);
}

TEST_F(ConnectionTest, AForgottenWaiterIsNotCalledAndIsDestroyed) {
  const auto owned = std::make_shared<int>(0);
  std::vector<int> told;
  connection_.WhenClosed([&told](const CloseResult&) { told.push_back(1); });
  const uint64_t handle = connection_.WhenClosed([&told, owned](const CloseResult&) { told.push_back(2); });
  connection_.WhenClosed([&told](const CloseResult&) { told.push_back(3); });
  connection_.Forget(handle);
  EXPECT_EQ(owned.use_count(), 1);
  connection_.Forget(handle);
  connection_.Forget(4711);
  connection_.Interrupt(CloseRequest(CloseCause::kInterrupted));
  End(connection_, 1008);
  EXPECT_EQ(told, (std::vector<int>{1, 3}));
  connection_.Forget(handle);
}

// A waiter may own the last reference to an object whose destructor takes the connection's lock.
TEST_F(ConnectionTest, AForgottenWaiterIsDestroyedOutsideTheLock) {
  struct Asks {
    explicit Asks(Connection* asked) : connection(*asked) {}
    ~Asks() { connection.close_request(); }
    Connection& connection;
  };
  const uint64_t handle =
      connection_.WhenClosed([asks = std::make_shared<Asks>(&connection_)](const CloseResult&) {});
  connection_.Forget(handle);
}

TEST_F(ConnectionTest, AWaiterMayAskTheConnectionAndWaitAgain) {
  std::vector<std::string> told;
  connection_.WhenClosed([&](const CloseResult&) {
    told.push_back(std::to_string(connection_.close_result()->sent_code));
    connection_.WhenClosed([&](const CloseResult&) { told.emplace_back("again"); });
  });
  connection_.Interrupt(CloseRequest(CloseCause::kInterrupted));
  End(connection_, 1008);
  EXPECT_EQ(told, (std::vector<std::string>{"1008", "again"}));
}

TEST_F(ConnectionTest, OfAThousandInterruptsAtATimeOneIsTheFirst) {
  constexpr int kThreads = 1000;
  std::latch start(kThreads);
  std::atomic<int> firsts = 0;
  std::atomic<int> winner = -1;
  std::atomic<int> stops = 0;
  const std::stop_callback callback(connection_.stop_token(), [&] { ++stops; });
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      if (connection_.Interrupt(Because(CloseCause::kInterrupted, std::to_string(i)))) {
        ++firsts;
        winner = i;
      }
      EXPECT_EQ(connection_.state(), ConnectionState::kClosing) << "irrevocable when it returns";
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(firsts, 1);
  EXPECT_EQ(stops, 1);
  EXPECT_EQ(connection_.close_request()->reason, std::to_string(winner));
}

// A waiter that is added while the session ends is called exactly once, on either thread.
TEST(ConnectionRaceTest, NoWaiterIsLostOrCalledTwice) {
  for (int round = 0; round < 300; ++round) {
    Connection connection({});
    connection.Interrupt(CloseRequest(CloseCause::kInterrupted));
    constexpr int kWaiters = 3;
    std::atomic<int> told[kWaiters] = {};
    std::latch start(kWaiters + 1);
    std::vector<std::thread> threads;
    threads.reserve(kWaiters);
    for (int i = 0; i < kWaiters; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        connection.WhenClosed([&, i](const CloseResult& result) {
          EXPECT_EQ(result.sent_code, 1008);
          ++told[i];
        });
      });
    }
    start.arrive_and_wait();
    End(connection, 1008);
    for (std::thread& thread : threads) thread.join();
    for (const auto& count : told) ASSERT_EQ(count, 1);
  }
}

TEST(ConnectionRaceTest, ForgettingRacesWithTheEnd) {
  for (int round = 0; round < 300; ++round) {
    Connection connection({});
    connection.Interrupt(CloseRequest(CloseCause::kInterrupted));
    std::atomic<int> told = 0;
    const uint64_t handle = connection.WhenClosed([&](const CloseResult&) { ++told; });
    std::thread session([&] { End(connection, 1008); });
    connection.Forget(handle);
    session.join();
    ASSERT_LE(told, 1);
  }
}

TEST(CounterTest, AddsAndSets) {
  Counter counter;
  EXPECT_EQ(counter.Get(), 0U);
  counter.Add(5);
  counter.Add(7);
  EXPECT_EQ(counter.Get(), 12U);
  counter.Set(3);
  EXPECT_EQ(counter.Get(), 3U);
}

// One thread writes, others read. A reader may see an old value, but never a smaller one than before.
TEST(CounterTest, IsReadWhileItIsWritten) {
  Counter counter;
  std::thread writer([&] {
    for (int i = 0; i < 100'000; ++i) counter.Add(1);
  });
  uint64_t last = 0;
  while (last < 100'000) {
    const uint64_t now = counter.Get();
    ASSERT_GE(now, last);
    last = now;
  }
  writer.join();
}

}  // namespace
}  // namespace drawbridge
