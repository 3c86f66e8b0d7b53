// The errors of drawbridgectl for an address without a gateway, or for a wrong way to call it. Each says what
// to change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/tools/ctl/ctl.h"
#include "tests/tools/ctl/pty_process.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;

using Words = std::vector<std::string>;

void ExpectUnavailable(const std::string& address, Words flags, const std::string& what) {
  flags.insert(flags.begin(), {"ls", "--timeout=5s"});
  const ChildProcess::Exit exit = Ctl(address, flags);
  EXPECT_EQ(exit.code, 4) << exit.err;
  EXPECT_EQ(exit.out, "");
  EXPECT_EQ(exit.err.find('\n'), exit.err.size() - 1) << exit.err;
  EXPECT_THAT(exit.err, HasSubstr("UNAVAILABLE: "));
  EXPECT_THAT(exit.err, HasSubstr(what));
}

TEST(UnreachableTest, NobodyListens) {
  ExpectUnavailable("127.0.0.1:1", {}, "nothing listens on 127.0.0.1:1");
  ExpectUnavailable("unix:/nowhere/socket", {}, "there is no socket unix:/nowhere/socket");
  ExpectUnavailable("gateway.invalid", {}, "the host name of gateway.invalid:9090 cannot be resolved");
}

TEST(UnreachableTest, AnotherPortOfTheGateway) {
  RunningServer server;
  ExpectUnavailable(server.address(), {}, "speaks HTTP/1.1, not gRPC");
  ExpectUnavailable(server.address(), {"--tls"}, "does not speak TLS");
}

TEST(UnreachableTest, ACallWithTlsToAPlainPort) {
  RunningServer server;
  ExpectUnavailable(server.server().control_address(), {"--tls"}, "does not speak TLS: leave --tls");
}

class GuardedTest : public ::testing::Test {
 protected:
  Flags FlagsWithTls() const {
    Flags flags = TestFlags();
    flags.control_tls_cert = files_.certificate.path();
    flags.control_tls_key = files_.key.path();
    return flags;
  }

  TestAuthority authority_;
  const CredentialFiles files_{authority_.Issue("gateway.example")};
  const TemporaryFile ca_{"ca.pem", authority_.certificate()};
};

TEST_F(GuardedTest, APlainCallToATlsPort) {
  RunningServer server(FlagsWithTls());
  ExpectUnavailable(server.server().control_address(), {}, "speaks TLS: call it with --tls");
}

TEST_F(GuardedTest, ACertificateThatIsNotTrusted) {
  RunningServer server(FlagsWithTls());
  ExpectUnavailable(server.server().control_address(), {"--tls"}, "set --ca_cert to the file");
  ExpectUnavailable(server.server().control_address(),
                    {"--ca_cert", ca_.path(), "--server_name", "other.example"},
                    "set --server_name to the name");
}

TEST_F(GuardedTest, AClientCertificateThatIsMissing) {
  Flags flags = FlagsWithTls();
  flags.control_tls_client_ca = ca_.path();
  flags.control_tls_client_auth = "required";
  RunningServer server(flags);
  ExpectUnavailable(server.server().control_address(), {"--ca_cert", ca_.path()}, "--cert and --key");
}

TEST(UnreachableTest, TopEndsWithItsGateway) {
  auto server = std::make_unique<RunningServer>();
  PtyProcess terminal(CtlCommand(server->server().control_address(), {"top", "--interval=100ms"}),
                      {"TERM=xterm"});
  terminal.WaitFor("IN/S");
  server.reset();
  EXPECT_EQ(terminal.Wait(), 4);
  terminal.WaitFor("\x1b[?1049l");
  terminal.WaitFor("drawbridgectl: UNAVAILABLE: ");
}

}  // namespace
}  // namespace drawbridge
