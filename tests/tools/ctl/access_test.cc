// drawbridgectl and a gateway with authentication: tokens, certificates, and credentials that it refuses to
// send.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/callers_file.h"
#include "tests/support/certificates.h"
#include "tests/support/child_process.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/tools/ctl/fake_proxy.h"

namespace drawbridge {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

ChildProcess::Exit RunCtl(Words words, const Words& environment = {}) {
  words.insert(words.begin(), "tools/ctl/drawbridgectl");
  return ChildProcess(words, environment).Wait();
}

void ExpectFailure(const ChildProcess::Exit& exit, int code, const std::string& what) {
  EXPECT_EQ(exit.code, code) << exit.err;
  EXPECT_EQ(exit.out, "");
  EXPECT_EQ(exit.err.find('\n'), exit.err.size() - 1) << exit.err;
  EXPECT_THAT(exit.err, HasSubstr(what));
}

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class AccessTest : public ::testing::Test {
 protected:
  Flags FlagsWithTokens() const {
    Flags flags = TestFlags();
    flags.control_tokens = callers_.path();
    return flags;
  }

  const TemporaryFile callers_{"tokens", TokenLine("eve", "viewer", "look") +
                                             TokenLine("olga", "operator", "all") + "cert:ops operator\n"};
  const TemporaryFile look_{"look.token", "look\n"};
  const TemporaryFile all_{"all.token", "all"};
  const TemporaryFile wrong_{"wrong.token", "a-wrong-secret\n"};
};

class TokenAccessTest : public AccessTest {
 protected:
  RunningServer server_{FlagsWithTokens()};
  const Words address_{"--address", server_.server().control_address()};
};

TEST_F(TokenAccessTest, ATokenComesFromAFile) {
  const Client client = server_.Open();
  const ChildProcess::Exit exit = RunCtl(address_ + Words{"ls", "--token_file", look_.path()});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(exit.out, HasSubstr(client.id()));
  EXPECT_EQ(RunCtl(address_ + Words{"ls"}, {"DRAWBRIDGE_TOKEN_FILE=" + look_.path()}).code, 0);
  EXPECT_EQ(RunCtl(address_ + Words{"interrupt", client.id(), "--abort", "--token_file", all_.path()}).code,
            0);
  EXPECT_THAT(RunCtl(address_ + Words{"get", client.id(), "-o", "json", "--token_file", look_.path()}).out,
              HasSubstr("\"actor\":\"olga\""));
}

TEST_F(TokenAccessTest, StreamsCarryItToo) {
  const Client client = server_.Open();
  EXPECT_EQ(
      RunCtl(address_ + Words{"interrupt", "--filter", "*", "--dry_run", "--token_file", all_.path()}).code,
      0);
  EXPECT_EQ(RunCtl(address_ + Words{"watch", "--limit=1", "--token_file", look_.path()}).code, 0);
}

TEST_F(TokenAccessTest, WhoIsNotLetInIsToldByExitCode) {
  ExpectFailure(RunCtl(address_ + Words{"ls"}), 6, "UNAUTHENTICATED CREDENTIALS_MISSING: ");
  const ChildProcess::Exit wrong = RunCtl(address_ + Words{"ls", "--token_file", wrong_.path()});
  ExpectFailure(wrong, 6, "UNAUTHENTICATED TOKEN_UNKNOWN: ");
  EXPECT_THAT(wrong.err, Not(HasSubstr("a-wrong-secret")));
  ExpectFailure(RunCtl(address_ + Words{"interrupt", "no0n-neverwas-1", "--token_file", look_.path()}), 7,
                "PERMISSION_DENIED ROLE_INSUFFICIENT: ");
  ExpectFailure(RunCtl(address_ + Words{"watch"}), 6, "UNAUTHENTICATED");
}

// If the token may be sent, the program opens the file, which does not exist. So no call is made.
TEST_F(AccessTest, ATokenIsNotSentInTheClear) {
  for (const char* address : {"192.0.2.1:9090", "gateway.example:9090", "127.evil.example:9090",
                              "[2001:db8::1]:9090", "localhost.example:1", "dns:///gateway.example:1"}) {
    const Words words{"--address", address, "ls", "--token_file", "/nowhere"};
    ExpectFailure(RunCtl(words), 2, "must be given with --tls");
    ExpectFailure(RunCtl(words + Words{"--tls"}), 2, "No such file");
    ExpectFailure(RunCtl(words + Words{"--insecure_token"}), 2, "No such file");
  }
  for (const char* address : {"localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "unix:/tmp/socket"})
    ExpectFailure(RunCtl({"--address", address, "ls", "--token_file", "/nowhere"}), 2, "No such file");
}

// gRPC itself uses the proxy, also for loopback. Without TLS the proxy could read the token.
TEST_F(TokenAccessTest, NoProxyOfTheEnvironmentIsFollowed) {
  FakeProxy proxy;
  for (const char* variable : {"http_proxy=", "https_proxy=", "grpc_proxy="}) {
    const Words environment{variable + proxy.url()};
    const Words token{"--token_file", look_.path()};
    EXPECT_EQ(RunCtl(address_ + Words{"ls"} + token, environment).code, 0);
    const Words elsewhere{"--address", "gateway.invalid:9090", "ls", "--timeout=2s"};
    EXPECT_EQ(RunCtl(elsewhere + token + Words{"--insecure_token"}, environment).code, 4);
    EXPECT_EQ(RunCtl(elsewhere + token + Words{"--tls"}, environment).code, 4);
  }
  EXPECT_EQ(proxy.Stop().size(), 0u);
}

TEST_F(AccessTest, AProxyIsUsedOnDemandAndReadsNoToken) {
  FakeProxy proxy;
  const Words environment{"https_proxy=" + proxy.url()};
  const Words ls{"ls", "--use_proxy", "--timeout=2s", "--token_file", look_.path()};
  const Words elsewhere = Words{"--address", "gateway.invalid:9090"} + ls;
  EXPECT_EQ(RunCtl(elsewhere + Words{"--tls"}, environment).code, 4);
  EXPECT_EQ(RunCtl(elsewhere + Words{"--tls"}, environment + Words{"no_proxy=gateway.invalid"}).code, 4);
  EXPECT_EQ(RunCtl(Words{"--address", "127.0.0.1:1", "--tls"} + ls, environment).code, 4);
  ExpectFailure(RunCtl(elsewhere + Words{"--insecure_token"}, environment), 2,
                "--use_proxy must be given with --tls");
  const std::vector<std::string>& heard = proxy.Stop();
  ASSERT_EQ(heard.size(), 1u) << "of the first call alone";
  EXPECT_THAT(heard[0], StartsWith("CONNECT gateway.invalid:9090 "));
  EXPECT_THAT(heard[0], HasSubstr("\r\n\r\n\x16\x03")) << "a TLS handshake";
  EXPECT_THAT(heard[0], Not(HasSubstr("look")));
}

TEST_F(AccessTest, AnAddressThatIsNoneIsRefused) {
  for (const char* address : {"http://127.0.0.1:9090", "127.0.0.1:0", "gateway:9090x", "[::1", ""}) {
    ExpectFailure(RunCtl({"--address", address, "ls"}), 2,
                  std::string("--address is \"") + address + "\": must be HOST, HOST:PORT or unix:PATH");
  }
}

TEST_F(AccessTest, BadFilesAreNamedAndNotShown) {
  const TemporaryFile empty("empty.token", " \n");
  const TemporaryFile two("two.token", "first-secret\nsecond-secret\n");
  const TemporaryFile large("large.token", std::string(600, 'x'));
  const Words ls{"--address", "127.0.0.1:1", "ls"};
  for (const TemporaryFile* file : {&empty, &two, &large}) {
    const ChildProcess::Exit exit = RunCtl(ls + Words{"--token_file", file->path()});
    ExpectFailure(exit, 2, "--token_file is \"" + file->path() + "\": must be a file that contains");
    EXPECT_THAT(exit.err, Not(HasSubstr("secret")));
  }
  ExpectFailure(RunCtl(ls + Words{"--token_file", "/nowhere"}), 2, "No such file");
  ExpectFailure(RunCtl(ls + Words{"--token_file", "/tmp"}), 2, "must be a file that can be read");
  ExpectFailure(RunCtl(ls + Words{"--ca_cert", look_.path()}), 2,
                "--ca_cert is \"" + look_.path() + "\": must be a file in PEM");
  ExpectFailure(RunCtl(ls + Words{"--cert", look_.path()}), 2,
                "--cert is \"" + look_.path() + "\": must be given with --key");
  ExpectFailure(RunCtl(ls + Words{"--key", look_.path()}), 2, "must be given with --cert");
}

TEST_F(AccessTest, CertificatesSpeakForBothSides) {
  TestAuthority authority;
  TestAuthority people("People");
  const CredentialFiles files(authority.Issue("gateway.example"));
  const CredentialFiles own(people.Issue("ops"));
  const TemporaryFile ca("ca.pem", authority.certificate());
  const TemporaryFile client_ca("people.pem", people.certificate());
  Flags flags = FlagsWithTokens();
  flags.control_tls_cert = files.certificate.path();
  flags.control_tls_key = files.key.path();
  flags.control_tls_client_ca = client_ca.path();
  flags.control_tls_client_auth = "optional";
  RunningServer server(flags);
  const Words ls{"--address", server.server().control_address(), "ls", "--timeout=5s"};
  const Words ca_cert{"--ca_cert", ca.path()};
  EXPECT_EQ(RunCtl(ls + ca_cert + Words{"--cert", own.certificate.path(), "--key", own.key.path()}).code, 0);
  EXPECT_EQ(RunCtl(ls + ca_cert + Words{"--token_file", look_.path()}).code, 0);
  EXPECT_EQ(
      RunCtl(ls + ca_cert + Words{"--server_name", "gateway.example", "--token_file", look_.path()}).code, 0);
  ExpectFailure(RunCtl(ls + ca_cert + Words{"--server_name", "other.example", "--token_file", look_.path()}),
                4, "UNAVAILABLE");
  ExpectFailure(RunCtl(ls + ca_cert), 6, "CREDENTIALS_MISSING");
  ExpectFailure(RunCtl(ls + Words{"--tls", "--token_file", look_.path()}), 4, "UNAVAILABLE");
  EXPECT_EQ(RunCtl(ls, {"DRAWBRIDGE_TLS=true", "DRAWBRIDGE_CA_CERT=" + ca.path(),
                        "DRAWBRIDGE_CERT=" + own.certificate.path(), "DRAWBRIDGE_KEY=" + own.key.path()})
                .code,
            0);
}

TEST_F(TokenAccessTest, ANewTokenWorksWithTheLineThatComesWithIt) {
  const ChildProcess::Exit made = RunCtl({"token", "ci", "sender"});
  EXPECT_EQ(made.code, 0);
  EXPECT_THAT(made.out, MatchesRegex("drawbridge_[A-Za-z0-9_-]{43}\n"));
  EXPECT_THAT(made.err, MatchesRegex("ci sender [0-9a-f]{64}\n"));
  EXPECT_NE(RunCtl({"token", "ci", "sender"}).out, made.out);
  callers_.Replace(made.err);
  server_.server().ReloadFiles();
  const TemporaryFile token("ci.token", made.out);
  EXPECT_EQ(RunCtl(address_ + Words{"ls", "--token_file", token.path()}).code, 0);
  EXPECT_EQ(RunCtl(address_ + Words{"ls", "--token_file", look_.path()}).code, 6);
  EXPECT_THAT(RunCtl({"token", "ci", "viewer", "-o", "json"}).out,
              MatchesRegex("\\{\"token\":\"drawbridge_[^\"]+\",\"line\":\"ci viewer [0-9a-f]+\"\\}\n"));
}

TEST_F(AccessTest, ATokenNeedsANameAndARole) {
  ExpectFailure(RunCtl({"token"}), 2, "NAME is required");
  ExpectFailure(RunCtl({"token", "ci"}), 2, "ROLE is required");
  ExpectFailure(RunCtl({"token", "c:i", "viewer"}), 2, "NAME is \"c:i\": must be 1 to 64 characters");
  ExpectFailure(RunCtl({"token", "ci", "root"}), 2,
                "ROLE is \"root\": must be one of viewer, sender, operator");
}

TEST_F(AccessTest, HelpSaysWhereTokensComeFrom) {
  const std::string help = RunCtl({"--help"}).out;
  EXPECT_THAT(help, AllOf(HasSubstr("--token_file"), HasSubstr("DRAWBRIDGE_TOKEN_FILE"),
                          HasSubstr("The token is read from a file")));
  EXPECT_EQ(RunCtl({"completion", "bash"}, {"DRAWBRIDGE_TOKEN_FILE=/nowhere"}).code, 0) << "calls nobody";
}

}  // namespace
}  // namespace drawbridge
