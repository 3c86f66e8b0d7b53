// Each event reaches its own target, and none reaches a target that was removed meanwhile.
#include "gateway/session/poller.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/session/event_target.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/socket_pair.h"

namespace drawbridge {
namespace {

struct Target final : EventTarget {
  explicit Target(std::function<void()> ready = [] {}) : on_ready(std::move(ready)) {}
  void OnReady(uint32_t events) override {
    ++told;
    last_events = events;
    on_ready();
  }
  void OnDeadline() override {}
  int told = 0;
  uint32_t last_events = 0;
  std::function<void()> on_ready;
};

bool IsReadable(int fd) {
  pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, 0) == 1;
}

TEST(PollerTest, TellsWhatIsReadyForAsLongAsItIs) {
  Poller poller;
  SocketPair sockets;
  Target target;
  EXPECT_FALSE(poller.Add(sockets.theirs(), EPOLLIN, &target));
  EXPECT_FALSE(poller.Dispatch());
  EXPECT_FALSE(IsReadable(poller.descriptor()));

  const int other = sockets.TakeOurs();
  ASSERT_EQ(::send(other, "x", 1, 0), 1);
  EXPECT_TRUE(IsReadable(poller.descriptor())) << "this is what Asio waits for";
  EXPECT_TRUE(poller.Dispatch());
  EXPECT_TRUE(poller.Dispatch()) << "level-triggered: nothing was read";
  EXPECT_EQ(target.told, 2);
  EXPECT_EQ(target.last_events, uint32_t{EPOLLIN});
  sockets.Receive();
  EXPECT_FALSE(poller.Dispatch());
  ::close(other);
}

TEST(PollerTest, TellsAHangUpWhateverWasAskedFor) {
  Poller poller;
  SocketPair sockets;
  const int ours = sockets.TakeOurs();
  Target target;
  EXPECT_FALSE(poller.Add(ours, 0, &target));
  EXPECT_FALSE(poller.Dispatch());
  sockets.CloseTheirs();
  EXPECT_TRUE(poller.Dispatch());
  EXPECT_NE(target.last_events & EPOLLHUP, 0U);
  ::close(ours);
}

TEST(PollerTest, ChangesEventsAndTarget) {
  Poller poller;
  SocketPair sockets;
  Target first;
  Target second;
  EXPECT_FALSE(poller.Add(sockets.theirs(), EPOLLIN, &first));
  EXPECT_FALSE(poller.Dispatch());
  poller.Modify(sockets.theirs(), EPOLLIN | EPOLLOUT, &first);
  EXPECT_TRUE(poller.Dispatch());
  EXPECT_EQ(first.last_events, uint32_t{EPOLLOUT});
  poller.Modify(sockets.theirs(), EPOLLOUT, &second);
  EXPECT_TRUE(poller.Dispatch());
  EXPECT_EQ(first.told, 1);
  EXPECT_EQ(second.told, 1);
}

TEST(PollerTest, SaysWhyASocketCannotBeWatched) {
  Poller poller;
  Target target;
  EXPECT_EQ(poller.Add(-1, EPOLLIN, &target), std::errc::bad_file_descriptor);
}

// Two sockets are ready in one batch. The target that is called first removes and destroys the other.
TEST(PollerTest, NoEventReachesWhoHasLeftSinceItWasFetched) {
  Poller poller;
  SocketPair sockets[2];
  std::unique_ptr<Target> targets[2];
  int told = 0;
  for (int i = 0; i < 2; ++i) {
    targets[i] = std::make_unique<Target>([&, i] {
      ++told;
      poller.Forget(targets[1 - i].get());
      targets[1 - i].reset();
      sockets[1 - i].CloseTheirs();
    });
    EXPECT_FALSE(poller.Add(sockets[i].theirs(), EPOLLOUT, targets[i].get()));
  }
  EXPECT_TRUE(poller.Dispatch());
  EXPECT_EQ(told, 1);
  poller.Dispatch();
  EXPECT_EQ(told, 2) << "the one that is left, again";
}

TEST(PollerTest, ATargetMayForgetItselfWhileItIsTold) {
  Poller poller;
  SocketPair sockets;
  Target target([&] {
    poller.Forget(&target);
    sockets.CloseTheirs();
  });
  EXPECT_FALSE(poller.Add(sockets.theirs(), EPOLLOUT, &target));
  EXPECT_TRUE(poller.Dispatch());
  EXPECT_FALSE(poller.Dispatch());
  EXPECT_EQ(target.told, 1);
}

TEST(PollerTest, ServesMoreThanOneBatch) {
  constexpr size_t kSockets = 600;
  Poller poller;
  std::vector<std::unique_ptr<SocketPair>> sockets;
  std::vector<std::unique_ptr<Target>> targets;
  for (size_t i = 0; i < kSockets; ++i) {
    sockets.push_back(std::make_unique<SocketPair>());
    targets.push_back(std::make_unique<Target>());
    EXPECT_FALSE(poller.Add(sockets[i]->theirs(), EPOLLOUT, targets[i].get()));
  }
  // Each target is called twice before any is called a third time.
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(poller.Dispatch());
  for (const auto& target : targets) {
    EXPECT_GE(target->told, 1);
    EXPECT_LE(target->told, 3);
  }
}

TEST(PollerTest, ServesInTurnWhereALimitLeavesSomeOut) {
  constexpr size_t kSockets = 12;
  Poller poller;
  std::vector<std::unique_ptr<SocketPair>> sockets;
  std::vector<std::unique_ptr<Target>> targets;
  for (size_t i = 0; i < kSockets; ++i) {
    sockets.push_back(std::make_unique<SocketPair>());
    targets.push_back(std::make_unique<Target>());
    EXPECT_FALSE(poller.Add(sockets[i]->theirs(), EPOLLOUT, targets[i].get()));
  }
  for (int round = 1; round <= 6; ++round) {
    EXPECT_TRUE(poller.Dispatch(4));
    int told = 0;
    for (const auto& target : targets) told += target->told;
    EXPECT_EQ(told, 4 * round);
  }
  for (const auto& target : targets) EXPECT_EQ(target->told, 2);
}

TEST(PollerTest, WhoIsRemovedIsToldNothingAndMayBeAddedElsewhere) {
  Poller first;
  Poller second;
  SocketPair sockets;
  Target target;
  EXPECT_FALSE(first.Add(sockets.theirs(), EPOLLOUT, &target));
  first.Remove(sockets.theirs(), &target);
  EXPECT_FALSE(first.Dispatch());
  EXPECT_FALSE(second.Add(sockets.theirs(), EPOLLOUT, &target));
  EXPECT_TRUE(second.Dispatch());
  EXPECT_EQ(target.told, 1);
}

}  // namespace
}  // namespace drawbridge
