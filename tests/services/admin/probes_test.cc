// What the probes answer to Kubernetes in each state of the gateway.
#include "services/admin/probes.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kNow(seconds(1000));

TEST(ProbesTest, IsHealthyWhileEveryThreadComesRound) {
  EXPECT_EQ(Healthz(std::array{kNow, kNow - milliseconds(4999)}, kNow).status, 200u);
  EXPECT_EQ(Healthz(std::array{kNow}, kNow).body, "ok\n");
}

TEST(ProbesTest, NamesTheThreadsThatAreStuckAndForHowLong) {
  const Page page = Healthz(std::array{kNow, kNow - seconds(5), kNow, kNow - milliseconds(61'250)}, kNow);
  EXPECT_EQ(page.status, 503u);
  EXPECT_EQ(page.body, "stuck: I/O thread 1 for 5.0 s\nstuck: I/O thread 3 for 61.2 s\n");
}

TEST(ProbesTest, AWarningIsALineAndLeavesTheStatusAsItIs) {
  const Page well = Healthz(std::array{kNow}, kNow, "the control port is stuck");
  EXPECT_EQ(well.status, 200u);
  EXPECT_EQ(well.body, "ok\nwarning: the control port is stuck\n");
  const Page stuck = Healthz(std::array{kNow - seconds(6)}, kNow, "the control port is stuck");
  EXPECT_EQ(stuck.status, 503u);
  EXPECT_EQ(stuck.body, "stuck: I/O thread 0 for 6.0 s\nwarning: the control port is stuck\n");
}

TEST(ProbesTest, IsReadyUnlessThereIsAReason) {
  EXPECT_EQ(Readyz(std::nullopt).status, 200u);
  EXPECT_EQ(Readyz(std::nullopt).body, "ok\n");
  const Page page = Readyz(NotReady{"full", "all 7 places for clients are taken"});
  EXPECT_EQ(page.status, 503u);
  EXPECT_EQ(page.body, "full: all 7 places for clients are taken\n");
}

// Load balancers without a configured path check "/", so it must fail where /readyz does.
TEST(ProbesTest, TheRootIsReadyAsReadyzIs) {
  EXPECT_EQ(Root(std::nullopt).status, 200u);
  EXPECT_TRUE(Root(std::nullopt).body.starts_with("ok\n"));
  for (const std::string page : {"/healthz", "/readyz", "/metrics"}) {
    EXPECT_NE(Root(std::nullopt).body.find(page), std::string::npos) << page;
  }
  EXPECT_EQ(Root(NotReady{"draining", "the node is being emptied"}).status, 503u);
  EXPECT_TRUE(Root(NotReady{"draining", "why"}).body.starts_with("draining: why\n"));
}

}  // namespace
}  // namespace drawbridge
