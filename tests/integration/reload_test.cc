// SIGHUP: flags that may change do, others are named, and a bad file changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/client.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReloadTest : public ::testing::Test {
 protected:
  static std::string Write(const std::string& flags) {
    const std::string path = ::testing::TempDir() + "/reload_test_flags";
    std::ofstream(path) << flags;
    return path;
  }

  // Reads the file again; waits until the log says `text`.
  void Reload(const std::string& flags, const std::string& text) {
    Write(flags);
    process_.Signal(SIGHUP);
    process_.WaitForError(text);
  }
  Client Open() { return Client::Open(address_); }

  ChildProcess process_{{"services/server/drawbridge", "--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0",
                         "--node_id=test-node", "--drain_spread=0s",
                         "--flagfile=" + Write("max_message_bytes=100\n")}};
  const std::string address_ = ReadyField(process_.ReadLine(), "ws");
};

TEST_F(ReloadTest, ALimitHoldsForThoseWhoComeAfterIt) {
  Client before = Open();
  Reload("max_message_bytes=10\n", "the flags are read again");
  Client after = Open();
  const std::string text(50, 'x');
  before.Echo(text);
  after.SendText(text);
  EXPECT_EQ(after.ReadClose().code(), 1009);
  before.Echo("untouched");
}

TEST_F(ReloadTest, TheNumberOfConnectionsHoldsAtOnce) {
  Client first = Open();
  Reload("max_connections=1\n", "the flags are read again");
  EXPECT_EQ(Client::Dial(address_).Upgrade().status, 503);
  first.Echo("who is here stays");
  Reload("max_connections=5\nlog_format=json\n", "--log_format has changed");
  Open().Echo("room again");
}

TEST_F(ReloadTest, OriginsAndTheLogLevel) {
  const Client::Options page{.headers = {"Origin: https://app.example"}};
  EXPECT_EQ(Client::Dial(address_, page).Upgrade().status, 403);
  Reload("allowed_origins=https://app.example\nlog_level=debug\n", "the flags are read again");
  EXPECT_EQ(Client::Dial(address_, page).Upgrade().status, 101);
}

TEST_F(ReloadTest, WhatTakesARestartIsNamedAndStays) {
  Reload("io_threads=7\nhandler=echo\nlog_format=json\nmax_message_bytes=10\n", "--log_format has changed");
  process_.Signal(SIGTERM);
  const ChildProcess::Exit exit = process_.Wait();
  EXPECT_THAT(exit.err, HasSubstr("--io_threads has changed, which takes a restart: it stays as it was"));
  EXPECT_THAT(exit.err, Not(HasSubstr("--handler")));
  EXPECT_THAT(exit.err, Not(HasSubstr("--max_message_bytes")));
}

TEST_F(ReloadTest, ABadFileChangesNothing) {
  Reload("max_message_bytes=10\nmax_connections=none\n",
         "nothing has changed: drawbridge: --max_connections");
  Client client = Open();
  client.Echo(std::string(50, 'x'));
  Reload("max_message_bytes=10\nno_such_flag=1\n", "no_such_flag");
  Open().Echo(std::string(50, 'x'));
  process_.Signal(SIGTERM);
  client.ReadCloseAndAnswer();
  EXPECT_EQ(process_.Wait().code, 0);
}

TEST_F(ReloadTest, TheDrainFollowsTheFileToo) {
  Client client = Open();
  Reload("drain_grace=50ms\n", "the flags are read again");
  process_.Signal(SIGTERM);
  EXPECT_EQ(client.ReadClose().code(), 1012);
  client.DrainToEnd();
  EXPECT_EQ(process_.Wait().code, 0);
}

}  // namespace
}  // namespace drawbridge
