// TLS end to end: what the control API reports of it, and the program with certificates that change.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/child_process.h"
#include "tests/support/client.h"
#include "tests/support/client_tls.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using ::testing::HasSubstr;

class TlsTest : public ::testing::Test {
 protected:
  Flags ServerFlags() const {
    Flags flags = TestFlags();
    flags.tls_cert = files_.certificate.path();
    flags.tls_key = files_.key.path();
    return flags;
  }
  std::vector<std::string> Command() const {
    return {
        "services/server/drawbridge",    "--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0",
        "--admin_listen=127.0.0.1:0",    "--drain_spread=0s",    "--tls_cert=" + files_.certificate.path(),
        "--tls_key=" + files_.key.path()};
  }
  void Renew(const Credentials& credentials) const {
    files_.certificate.Replace(credentials.certificate);
    files_.key.Replace(credentials.key);
  }

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  ClientTls tls_{ClientTls::Options{.authority = authority_.certificate()}};
};

// Whether a client that trusts only `authority` is admitted and served.
bool IsServed(const std::string& address, const TestAuthority& authority) {
  ClientTls tls({.authority = authority.certificate()});
  try {
    Client::Open(address, {.tls = &tls}).Echo("hello");
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

TEST_F(TlsTest, TheSubjectIsThePrincipalInEveryList) {
  TestAuthority people("People");
  const TemporaryFile client_ca("people.pem", people.certificate());
  Flags flags = ServerFlags();
  flags.tls_client_ca = client_ca.path();
  flags.tls_client_auth = "optional";
  RunningServer server(flags);
  ClientTls alice(
      {.authority = authority_.certificate(), .own = people.Issue({{"O", "Most"}, {"CN", "zoë"}})});
  const Client known = server.Open({.tls = &alice});
  const Client unknown = server.Open({.tls = &tls_});
  EXPECT_EQ(server.Get(known.id()).principal(), "CN=zoë,O=Most");
  EXPECT_TRUE(server.Get(known.id()).tls());
  EXPECT_EQ(server.Get(unknown.id()).principal(), "");
  EXPECT_TRUE(server.Get(unknown.id()).tls());

  grpc::ClientContext context;
  v1::ListConnectionsResponse list;
  ASSERT_TRUE(server.stub().ListConnections(&context, v1::ListConnectionsRequest(), &list).ok());
  ASSERT_EQ(list.connections_size(), 2);
  EXPECT_EQ(list.connections(0).principal(), "CN=zoë,O=Most");
  EXPECT_EQ(list.connections(1).principal(), "");
}

TEST_F(TlsTest, AnInterruptIsCleanOverTls) {
  RunningServer server(ServerFlags());
  Client client = server.Open({.tls = &tls_});
  auto interrupted = StartInterrupt(server, InterruptOf(client.id()));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1008);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(interrupted.get().response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
}

TEST_F(TlsTest, TheProgramTakesRenewedCertificatesWhileItRuns) {
  ChildProcess process(Command());
  const std::string address = ReadyField(process.ReadLine(), "ws");
  Client before = Client::Open(address, {.tls = &tls_});
  TestAuthority next("Next authority");
  EXPECT_TRUE(IsServed(address, authority_));
  EXPECT_FALSE(IsServed(address, next));
  Renew(next.Issue("gateway.example"));
  EXPECT_TRUE(WaitUntil([&] { return IsServed(address, next); }));
  EXPECT_FALSE(IsServed(address, authority_));
  before.Echo("who came before stays");
  process.Signal(SIGTERM);
  EXPECT_EQ(before.ReadCloseAndAnswer().code(), 1001);
  const ChildProcess::Exit exit = process.Wait();
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.err, HasSubstr("new clients get the new certificate"));
}

TEST_F(TlsTest, TheProgramKeepsTheOldCertificateWhereTheNewOneIsBad) {
  ChildProcess process(Command());
  const std::string address = ReadyField(process.ReadLine(), "ws");
  files_.certificate.Replace("nonsense");
  process.WaitForError(files_.certificate.path() + ": must hold a certificate chain in PEM");
  EXPECT_TRUE(IsServed(address, authority_));
  TestAuthority next("Next authority");
  Renew(next.Issue("gateway.example"));
  EXPECT_TRUE(WaitUntil([&] { return IsServed(address, next); }));
  process.Signal(SIGTERM);
  const ChildProcess::Exit exit = process.Wait();
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.err, HasSubstr("the old certificate stays"));
}

TEST_F(TlsTest, TheProgramDoesNotStartWithABadCertificate) {
  files_.certificate.Replace("nonsense");
  const ChildProcess::Exit exit = ChildProcess(Command()).Wait();
  EXPECT_EQ(exit.code, 2);
  EXPECT_EQ(exit.out, "");
  EXPECT_THAT(exit.err, HasSubstr("--tls_cert is \"" + files_.certificate.path() + "\""));
  EXPECT_EQ(exit.err.find('\n'), exit.err.size() - 1) << "one line";
}

}  // namespace
}  // namespace drawbridge
