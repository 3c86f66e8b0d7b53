// A drain of a gateway with real clients, without the control API.
#include "services/drain/drainer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"
#include "tests/support/client.h"

namespace drawbridge {
namespace {

using std::chrono::hours;

class DrainerTest : public ::testing::Test {
 protected:
  static DrainPlan SlowPlan() {
    DrainPlan plan{.not_ready = hours(1), .spread = hours(1)};
    plan.close.code = 4001;
    return plan;
  }

  SystemClock clock_;
  EchoHandler echo_;
  Gateway gateway_{{}, NodeIdentity::Draw("test-node"), &echo_, &clock_};
  Drainer drainer_{&gateway_, &clock_, [] {}};
};

// A second SIGTERM can be handled before the thread of the first one has called Shutdown. The clients got the
// default code then, and the slow plan was forgotten only by chance.
TEST_F(DrainerTest, HasteBeforeTheShutdownEndsItAtOnceWithItsCode) {
  Client client = Client::Open(gateway_.address());
  drainer_.Hasten();
  auto shutdown = std::async(std::launch::async, [this] { return drainer_.Shutdown(SlowPlan()); });
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 4001);
  EXPECT_EQ(shutdown.get(), 1);
}

TEST_F(DrainerTest, HasteDuringADrainKeepsItsCode) {
  Client client = Client::Open(gateway_.address());
  ASSERT_TRUE(drainer_.Drain(SlowPlan()));
  drainer_.Hasten();
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 4001);
  EXPECT_EQ(drainer_.Shutdown({}), 1);
}

TEST_F(DrainerTest, HasteWithoutClientsIsHarmless) {
  drainer_.Hasten();
  EXPECT_EQ(drainer_.Shutdown(SlowPlan()), 0);
}

}  // namespace
}  // namespace drawbridge
