// A gateway without free file descriptors waits until some are free, and serves its clients meanwhile.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <vector>

#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

// The pause after which the gateway tries to accept again.
constexpr std::chrono::milliseconds kPause{100};

// Takes all remaining descriptors of this process.
class DescriptorHog {
 public:
  explicit DescriptorHog(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(STDERR_FILENO);
    ::close(next);
    const rlimit lowered{.rlim_cur = static_cast<rlim_t>(next) + more, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lowered);
    for (int fd = ::dup(STDERR_FILENO); fd >= 0; fd = ::dup(STDERR_FILENO)) taken_.push_back(fd);
  }
  ~DescriptorHog() {
    GiveBack(taken_.size());
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

  void GiveBack(size_t count) {
    for (; count > 0 && !taken_.empty(); --count) {
      ::close(taken_.back());
      taken_.pop_back();
    }
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(DescriptorsTest, AtTheLimitTheEstablishedLiveAndTheOthersWait) {
  RunningGateway running;
  std::vector<Client> established;
  established.reserve(5);
  for (int i = 0; i < 5; ++i) established.push_back(running.Open());
  DescriptorHog hog(30);

  // The client's own socket takes this descriptor, so the gateway has none for the accepted one.
  hog.GiveBack(1);
  Client waiting = running.Dial();
  waiting.Send(waiting.UpgradeRequest());
  for (Client& client : established) RunningGateway::LetItLook(client);
  EXPECT_EQ(running.connections(), established.size());

  // The gateway does not retry before its pause is over, although a descriptor is free.
  hog.GiveBack(1);
  for (Client& client : established) RunningGateway::LetItLook(client);
  EXPECT_EQ(running.connections(), established.size());
  running.Advance(kPause);
  EXPECT_EQ(waiting.ReadResponse().status, 101);
  waiting.Echo("worth the wait");
  for (Client& client : established) client.Echo("still here");
}

TEST(DescriptorsTest, WhenSomeLeaveTheNextAreServed) {
  RunningGateway running;
  std::vector<Client> established;
  established.reserve(5);
  for (int i = 0; i < 5; ++i) established.push_back(running.Open());
  DescriptorHog hog(30);
  hog.GiveBack(1);
  Client waiting = running.Dial();
  waiting.Send(waiting.UpgradeRequest());
  RunningGateway::LetItLook(established.back());
  EXPECT_EQ(running.connections(), established.size());
  established.erase(established.begin());
  running.Advance(kPause);
  EXPECT_EQ(waiting.ReadResponse().status, 101);
}

}  // namespace
}  // namespace drawbridge
