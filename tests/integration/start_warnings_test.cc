// Warnings at the start about settings that are valid but will fail for some clients, and the optional log of
// failed TLS handshakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/child_process.h"
#include "tests/support/client.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Command(const std::vector<std::string>& flags) {
  std::vector<std::string> command = {"services/server/drawbridge", "--listen=127.0.0.1:0",
                                      "--control_listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0",
                                      "--drain_spread=0s"};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

// The log of a gateway that is stopped right after its start.
std::string LogOf(const std::vector<std::string>& flags, const std::vector<std::string>& environment = {}) {
  ChildProcess process(Command(flags), environment);
  process.ReadLine();
  process.Signal(SIGTERM);
  return process.Wait().err;
}

TEST(StartWarningsTest, AnExpiredCertificateIsWarnedOf) {
  TestAuthority authority;
  const CredentialFiles expired(authority.Issue({{"CN", "localhost"}}, -1));
  const CredentialFiles valid(authority.Issue({{"CN", "localhost"}}, 1));
  const std::string log =
      LogOf({"--tls_cert=" + valid.certificate.path(), "--tls_key=" + valid.key.path(),
             "--control_tls_cert=" + expired.certificate.path(), "--control_tls_key=" + expired.key.path()});
  EXPECT_THAT(log, HasSubstr("warning --control_tls_cert: the certificate expired at "));
  EXPECT_THAT(log, Not(HasSubstr("warning --tls_cert")));
  EXPECT_THAT(LogOf({"--tls_cert=" + expired.certificate.path(), "--tls_key=" + expired.key.path()}),
              HasSubstr("warning --tls_cert: the certificate expired at "));
}

TEST(StartWarningsTest, ACallersFileWithoutAnEntryIsWarnedOf) {
  const TemporaryFile callers("callers", "# nobody yet\n");
  EXPECT_THAT(LogOf({"--control_tokens=" + callers.path()}),
              HasSubstr(callers.path() + " has no entry: every call to the control API is refused"));
}

TEST(StartWarningsTest, AVariableThatIsNoFlagIsWarnedOf) {
  const std::string log = LogOf({}, {"DRAWBRIDGE_IDLE_TIMEOT=5s", "DRAWBRIDGE_SERVICE_HOST=10.0.0.1"});
  EXPECT_THAT(log,
              HasSubstr("warning DRAWBRIDGE_IDLE_TIMEOT is not the variable of a flag and has no effect; did "
                        "you mean DRAWBRIDGE_IDLE_TIMEOUT?"));
  EXPECT_THAT(log, Not(HasSubstr("SERVICE_HOST")));
}

TEST(StartWarningsTest, AFailedTlsHandshakeIsLoggedForWhoeverDebugs) {
  TestAuthority authority;
  const CredentialFiles files(authority.Issue("localhost"));
  ChildProcess process(Command(
      {"--tls_cert=" + files.certificate.path(), "--tls_key=" + files.key.path(), "--log_level=debug"}));
  const std::string address = ReadyField(process.ReadLine(), "ws");
  Client plain = Client::Dial(address);
  plain.Send("GET / HTTP/1.1\r\n\r\n");
  process.WaitForError("debug TLS handshake failed remote_address=127.0.0.1:");
  process.WaitForError("http request");
  plain.DrainToEnd();
  Client::Dial(address).Close();
  process.WaitForError("error=\"the peer closed the connection\"");
}

}  // namespace
}  // namespace drawbridge
