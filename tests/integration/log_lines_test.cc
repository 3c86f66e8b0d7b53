// An ended connection and a refused handshake each write a line to the log. It has the facts that an operator
// needs first, and no secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gateway/base/log.h"
#include "gateway/connections/registry.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/standard_error.h"

namespace drawbridge {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class LogLinesTest : public ::testing::Test {
 protected:
  LogLinesTest() { InitializeLogging("text", "info"); }

  std::vector<std::string> Lines(const std::string& event) const {
    std::vector<std::string> lines;
    for (const auto line : absl::StrSplit(error_.Read(), '\n', absl::SkipEmpty())) {
      if (absl::StrContains(line, " info " + event)) lines.emplace_back(line);
    }
    return lines;
  }
  std::vector<std::string> WaitForLines(const std::string& event, size_t count) {
    EXPECT_TRUE(WaitUntil([&] { return Lines(event).size() >= count; })) << error_.Read();
    return Lines(event);
  }

  StandardError error_;
  RunningServer server_;
};

TEST_F(LogLinesTest, AnEnd) {
  Client client = server_.Open({.target = "/room?token=hunter2"});
  client.Echo("the payload");
  const std::string address = client.local_address();
  client.SendClose(1000);
  client.ReadClose();
  EXPECT_THAT(
      WaitForLines("connection ended", 1),
      ElementsAre(AllOf(HasSubstr(" connection_id=" + client.id()), HasSubstr(" remote_address=" + address),
                        HasSubstr(" path=/room "),
                        HasSubstr(" cause=client_closed outcome=clean sent_code=1000 received_code=1000 "),
                        ContainsRegex(" duration_s=[0-9]+\\.[0-9]+ "),
                        HasSubstr(" received_messages=1 received_bytes=11 sent_messages=1 sent_bytes=11"),
                        Not(HasSubstr("hunter2")), Not(HasSubstr("the payload")))));
}

TEST_F(LogLinesTest, AFloodOfEndsIsBounded) {
  constexpr size_t kClients = 3000;
  for (size_t i = 0; i < kClients; ++i) server_.Open().Reset();
  ASSERT_TRUE(WaitUntil([&] { return server_.registry().size() == 0; }));
  EXPECT_THAT(Lines("connection ended").size(), ::testing::Le(kClients));
  EXPECT_GE(Lines("connection ended").size(), 1000U) << "a second's worth at once";
}

TEST_F(LogLinesTest, RefusalsAreTenASecondAndCountTheRest) {
  constexpr size_t kRefused = 100;
  for (size_t i = 0; i < kRefused; ++i) {
    Client client = Client::Dial(server_.address(), {.headers = {"Origin: https://elsewhere.example"}});
    EXPECT_EQ(client.Upgrade().status, 403);
  }
  const auto lines = WaitForLines("handshake refused", 10);
  EXPECT_LT(lines.size(), kRefused);
  EXPECT_THAT(lines[0],
              AllOf(ContainsRegex(" remote_address=127\\.0\\.0\\.1:[0-9]+ "), HasSubstr(" status=403 "),
                    HasSubstr(" why=\"pages of this origin may not connect\"")));
}

TEST(RefusedHostTest, IsNamedInTheLog) {
  InitializeLogging("text", "info");
  const StandardError error;
  Flags flags = TestFlags();
  flags.allowed_hosts = "edge.example,*.test";
  RunningServer server(flags);
  EXPECT_TRUE(WaitUntil([&] {
    EXPECT_EQ(Client::Dial(server.address()).Upgrade().status, 421);
    return absl::StrContains(error.Read(), "handshake refused");
  }));
  EXPECT_THAT(error.Read(), HasSubstr(" status=421 why=\"this gateway does not serve this host\" host="));
}

TEST_F(LogLinesTest, ARefusedOriginIsNamed) {
  const Client::Options page{.headers = {"Origin: https://elsewhere.example\u202e\" status=200"}};
  // Retries, because other tests may have used up the budget of ten lines a second.
  ASSERT_TRUE(WaitUntil([&] {
    EXPECT_EQ(Client::Dial(server_.address(), page).Upgrade().status, 403);
    return !Lines("handshake refused").empty();
  }));
  EXPECT_THAT(Lines("handshake refused").front(),
              HasSubstr(R"( origin="https://elsewhere.example\u202e\" status=200")"));
}

}  // namespace
}  // namespace drawbridge
