// Changes of the flag file, and SIGHUP: reloadable flags take effect, other changed flags are named in the
// log, and an invalid file changes nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/certificates.h"
#include "tests/support/child_process.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

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

  // Has the program read the file again, and waits until the log contains `text`.
  void Reload(const std::string& flags, const std::string& text) {
    Write(flags);
    process_.Signal(SIGHUP);
    process_.WaitForError(text);
  }
  Client Open() { return Client::Open(address_); }

  ChildProcess process_{{"services/server/drawbridge", "--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0",
                         "--admin_listen=127.0.0.1:0", "--node_id=test-node", "--drain_spread=0s",
                         "--flagfile=" + Write("max_message_bytes=100\n")}};
  const std::string address_ = ReadyField(process_.ReadLine(), "ws");
};

TEST_F(ReloadTest, ALimitHoldsForThoseWhoComeAfterIt) {
  Client before = Open();
  Reload("max_message_bytes=10\n", "flags were reloaded trigger=SIGHUP");
  Client after = Open();
  const std::string text(50, 'x');
  before.Echo(text);
  after.SendText(text);
  EXPECT_EQ(after.ReadClose().code(), 1009);
  before.Echo("untouched");
}

TEST_F(ReloadTest, TheNumberOfConnectionsHoldsAtOnce) {
  Client first = Open();
  Reload("max_connections=1\n", "flags were reloaded trigger=SIGHUP");
  EXPECT_EQ(Client::Dial(address_).Upgrade().status, 503);
  first.Echo("who is here stays");
  Reload("max_connections=5\nlog_format=json\n", "need_restart=1");
  Open().Echo("room again");
}

TEST_F(ReloadTest, OriginsAndTheLogLevel) {
  const Client::Options page{.headers = {"Origin: https://app.example"}};
  EXPECT_EQ(Client::Dial(address_, page).Upgrade().status, 403);
  Reload("allowed_origins=https://app.example\nlog_level=debug\n", "flags were reloaded trigger=SIGHUP");
  EXPECT_EQ(Client::Dial(address_, page).Upgrade().status, 101);
}

TEST_F(ReloadTest, WhatTheHandshakeGoesBy) {
  const Client::Options offers{.headers = {"Sec-WebSocket-Protocol: v1.chat, v2.chat, secret-1"}};
  const auto agreed = [&] {
    const HttpResponse response = Client::Dial(address_, offers).Upgrade();
    const auto header = response.headers.find("sec-websocket-protocol");
    return std::to_string(response.status) + " " +
           (header == response.headers.end() ? "none" : header->second);
  };
  const auto becomes = [&](const std::string& flags, const std::string& expected) {
    Reload(flags, "flags were reloaded trigger=SIGHUP");
    return WaitUntil([&] { return agreed() == expected; });
  };
  EXPECT_EQ(agreed(), "101 v1.chat");
  EXPECT_TRUE(becomes("subprotocols=v2.chat\n", "101 v2.chat"));
  EXPECT_TRUE(becomes("subprotocol_token_prefixes=secret-,v1.,v2.\n", "101 none"));
  EXPECT_TRUE(becomes("allowed_hosts=elsewhere.example\n", "421 none"));
  EXPECT_TRUE(becomes("max_handshake_bytes=1024\n", "101 v1.chat"));
  Client large = Client::Dial(address_, {.headers = {"Cookie: " + std::string(1024, 'c')}});
  EXPECT_EQ(large.Upgrade().status, 431);
}

TEST_F(ReloadTest, TheAgeOfClientsToComeAndItsCode) {
  Client before = Open();
  Reload("max_connection_age=1s\nmax_age_code=4002\n", "flags were reloaded trigger=SIGHUP");
  EXPECT_EQ(Open().ReadCloseAndAnswer().code(), 4002);
  before.Echo("under the old flags");
}

TEST_F(ReloadTest, WhatTakesARestartIsNamedAndStays) {
  Reload("io_threads=7\nhandler=echo\nlog_format=json\nmax_message_bytes=10\n", "need_restart=2");
  process_.Signal(SIGTERM);
  const ChildProcess::Exit exit = process_.Wait();
  EXPECT_THAT(exit.err,
              HasSubstr("warning flag needs a restart to change flag=log_format from=text to=json"));
  EXPECT_THAT(exit.err, HasSubstr("warning flag needs a restart to change flag=io_threads"));
  EXPECT_THAT(exit.err, HasSubstr("info flag changed flag=max_message_bytes from=100 to=10"));
  EXPECT_THAT(exit.err, Not(HasSubstr("flag=handler")));
}

TEST_F(ReloadTest, ABadFileChangesNothing) {
  Reload("max_message_bytes=10\nmax_connections=none\n", "flags:2: --max_connections is");
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
  Reload("drain_grace=50ms\ndrain_code=4001\n", "flags were reloaded trigger=SIGHUP");
  process_.Signal(SIGTERM);
  EXPECT_EQ(client.ReadClose().code(), 4001);
  client.DrainToEnd();
  EXPECT_EQ(process_.Wait().code, 0);
}

// Mounts each text as Kubernetes mounts a ConfigMap: in a new folder, to which the link `..data` is switched
// by a rename.
class MountedFlags {
 public:
  explicit MountedFlags(const std::string& flags) { Swap(flags); }

  void Swap(const std::string& flags) {
    const auto folder = root_ / fmt::format("..2026_{}", ++version_);
    std::filesystem::create_directory(folder);
    std::ofstream(folder / "flags") << flags;
    std::filesystem::create_symlink(folder.filename(), root_ / "..data_tmp");
    std::filesystem::rename(root_ / "..data_tmp", root_ / "..data");
    if (version_ == 1) std::filesystem::create_symlink("..data/flags", root_ / "flags");
    if (version_ > 1) std::filesystem::remove_all(root_ / fmt::format("..2026_{}", version_ - 1));
  }
  std::string path() const { return (root_ / "flags").string(); }

 private:
  const TemporaryFile place_{"unused"};
  const std::filesystem::path root_ = std::filesystem::path(place_.path()).parent_path();
  int version_ = 0;
};

class WatchedFlagFileTest : public ::testing::Test {
 protected:
  MountedFlags flags_{"max_message_bytes=100\n"};
  ChildProcess process_{{"services/server/drawbridge", "--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0",
                         "--admin_listen=127.0.0.1:0", "--node_id=test-node", "--drain_spread=0s",
                         "--idle_timeout=1h", "--flagfile=" + flags_.path()}};
  const std::string address_ = ReadyField(process_.ReadLine(), "ws");
};

TEST_F(WatchedFlagFileTest, AMountedConfigMapThatIsSwappedIsTaken) {
  flags_.Swap("max_message_bytes=10\nidle_timeout=2h\nlog_format=json\n");
  process_.WaitForError("trigger=\"the flag file has changed\" changed=1 need_restart=1");
  Client client = Client::Open(address_);
  client.SendText(std::string(50, 'x'));
  EXPECT_EQ(client.ReadClose().code(), 1009);
  flags_.Swap("");
  process_.WaitForError("flag changed flag=max_message_bytes from=10 to=1048576");
  Client::Open(address_).Echo(std::string(5000, 'x'));
}

TEST_F(WatchedFlagFileTest, ABadFileIsNamedByLineAndChangesNothing) {
  flags_.Swap("# limits\nmax_message_bytes=10\nmax_conections=7\n");
  process_.WaitForError(flags_.path() + ":3: unknown flag --max_conections; did you mean --max_connections?");
  Client::Open(address_).Echo(std::string(50, 'x'));
  flags_.Swap("max_message_bytes=10\n");
  process_.WaitForError("flag changed flag=max_message_bytes from=100 to=10");
}

TEST_F(WatchedFlagFileTest, AFileThatIsGoneChangesNothing) {
  std::filesystem::remove(flags_.path());
  process_.WaitForError("flags were not reloaded");
  Client::Open(address_).Echo(std::string(50, 'x'));
}

}  // namespace
}  // namespace drawbridge
