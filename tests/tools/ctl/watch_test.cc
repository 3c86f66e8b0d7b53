// `drawbridgectl watch` follows a real gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/tools/ctl/ctl.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;

TEST(WatchTest, ShowsWhoIsHereAndWhatBecomesOfThem) {
  RunningServer server;
  const std::string address = server.server().control_address();
  Client first = server.Open({.target = "/first"});
  ChildProcess watch(CtlCommand(address, {"watch"}));
  EXPECT_THAT(watch.ReadLine(), HasSubstr("is here  " + first.id()));
  Client second = server.Open({.target = "/second"});
  EXPECT_THAT(watch.ReadLine(), HasSubstr("opened   " + second.id()));
  ASSERT_EQ(Ctl(address, {"label", first.id(), "user=alice"}).code, 0);
  std::string line = watch.ReadLine();
  EXPECT_THAT(line, HasSubstr("updated  " + first.id()));
  EXPECT_THAT(line, HasSubstr("user=alice"));
  ASSERT_EQ(Ctl(address, {"interrupt", second.id(), "--abort", "--code=4001"}).code, 0);
  // The client may be reported as closing in between.
  while ((line = watch.ReadLine()).find("closing ") != std::string::npos) {
  }
  EXPECT_THAT(line, HasSubstr("closed   " + second.id()));
  EXPECT_THAT(line, HasSubstr("interrupted, by control"));
  watch.Signal(SIGINT);
  EXPECT_EQ(watch.Wait().code, -SIGINT);
}

TEST(WatchTest, AFilterAndAStartWithoutASnapshotShowLess) {
  RunningServer server;
  const Client first = server.Open({.target = "/wanted"});
  ChildProcess watch(CtlCommand(server.server().control_address(), {"watch", "--filter", "path = \"/wanted\"",
                                                                    "--skip_snapshot", "-o", "json"}));
  EXPECT_THAT(watch.ReadLine(), HasSubstr("CONNECTION_EVENT_TYPE_BOOKMARK"));
  const Client unwanted = server.Open({.target = "/unwanted"});
  const Client wanted = server.Open({.target = "/wanted"});
  EXPECT_THAT(watch.ReadLine(), HasSubstr(wanted.id()));
}

TEST(WatchTest, ABadFilterIsRefused) {
  RunningServer server;
  const ChildProcess::Exit exit = Ctl(server.server().control_address(), {"watch", "--filter", "pth = x"});
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.err, HasSubstr("FILTER_INVALID"));
}

}  // namespace
}  // namespace drawbridge
