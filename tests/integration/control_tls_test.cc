// TLS on the control port: which callers are admitted, how a certificate maps to a caller, and renewal of
// certificates at run time.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "gateway/base/log.h"
#include "tests/support/callers_file.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/raw_call.h"
#include "tests/support/running_server.h"
#include "tests/support/standard_error.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using ::testing::HasSubstr;

class ControlTlsTest : public ::testing::Test {
 protected:
  ControlTlsTest() { InitializeLogging("text", "info"); }

  Flags ServerFlags(const std::string& client_auth = "none") const {
    Flags flags = TestFlags();
    flags.control_tls_cert = files_.certificate.path();
    flags.control_tls_key = files_.key.path();
    flags.control_tokens = tokens_.path();
    flags.control_tls_client_auth = client_auth;
    if (client_auth != "none") flags.control_tls_client_ca = client_ca_.path();
    return flags;
  }

  // Each call opens a connection of its own.
  std::shared_ptr<grpc::Channel> Connect(RunningServer& server, const TestAuthority& believed,
                                         const Credentials& own = {}) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(server.server().control_address(),
                                     grpc::SslCredentials({.pem_root_certs = believed.certificate(),
                                                           .pem_private_key = own.key,
                                                           .pem_cert_chain = own.certificate}),
                                     arguments);
  }
  static grpc::Status List(const std::shared_ptr<grpc::Channel>& channel, const Headers& headers = {}) {
    return CallRaw(channel, "/drawbridge.control.v1.ConnectionService/ListConnections", "", headers).status;
  }
  grpc::StatusCode ListAs(RunningServer& server, const Credentials& own) const {
    return List(Connect(server, authority_, own)).error_code();
  }
  bool IsServed(RunningServer& server, const TestAuthority& believed) const {
    return List(Connect(server, believed), token_).ok();
  }
  void Renew(const Credentials& credentials) const {
    files_.certificate.Replace(credentials.certificate);
    files_.key.Replace(credentials.key);
  }

  static constexpr grpc::StatusCode kOk = grpc::StatusCode::OK;
  static constexpr grpc::StatusCode kNotLetIn = grpc::StatusCode::UNAVAILABLE;
  static constexpr grpc::StatusCode kUnknown = grpc::StatusCode::UNAUTHENTICATED;

  TestAuthority authority_;
  TestAuthority people_{"People"};
  TestAuthority strangers_{"Strangers"};
  CredentialFiles files_{authority_.Issue("gateway.example")};
  TemporaryFile client_ca_{"people.pem", people_.certificate()};
  TemporaryFile tokens_{
      "tokens", TokenLine("eve", "viewer", "look") + "cert:ops operator\ncert:spiffe://test/bot viewer\n"};
  const Headers token_{{"authorization", "Bearer look"}};
  StandardError error_;
};

TEST_F(ControlTlsTest, ATokenIsTakenOverTls) {
  RunningServer server(ServerFlags());
  EXPECT_TRUE(List(Connect(server, authority_), token_).ok());
  EXPECT_EQ(List(Connect(server, authority_)).error_code(), kUnknown);
  EXPECT_EQ(List(Connect(server, strangers_), token_).error_code(), kNotLetIn)
      << "the client believes others";
  EXPECT_EQ(List(server.channel(), token_).error_code(), kNotLetIn) << "without TLS";
}

TEST_F(ControlTlsTest, ReflectionIsGuardedOverTls) {
  RunningServer server(ServerFlags());
  const std::string method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const std::string list_services("\x3a\x01*", 3);
  EXPECT_EQ(CallRaw(Connect(server, authority_), method, list_services).status.error_code(), kUnknown);
  EXPECT_THAT(CallRaw(Connect(server, authority_), method, list_services, token_).bytes,
              HasSubstr("drawbridge.control.v1.ConnectionService"));
}

TEST_F(ControlTlsTest, TheLeastVersionIs1_2) {
  RunningServer server(ServerFlags());
  const auto shakes_hands = [&](int version) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                    &SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> connection(BIO_new_ssl_connect(context.get()),
                                                                   &BIO_free_all);
    BIO_set_conn_hostname(connection.get(), server.server().control_address().c_str());
    return BIO_do_handshake(connection.get()) == 1;
  };
  EXPECT_TRUE(shakes_hands(TLS1_3_VERSION));
  EXPECT_TRUE(shakes_hands(TLS1_2_VERSION));
  EXPECT_FALSE(shakes_hands(TLS1_1_VERSION));
  EXPECT_FALSE(shakes_hands(TLS1_VERSION));
}

TEST_F(ControlTlsTest, ARequiredCertificateIsRequired) {
  RunningServer server(ServerFlags("required"));
  EXPECT_EQ(ListAs(server, people_.Issue("ops")), kOk);
  EXPECT_EQ(ListAs(server, people_.Issue("nobody")), kUnknown) << "no line gives it a role";
  EXPECT_EQ(List(Connect(server, authority_), token_).error_code(), kNotLetIn)
      << "a token alone is not enough";
  EXPECT_EQ(ListAs(server, strangers_.Issue("ops")), kNotLetIn);
  EXPECT_EQ(ListAs(server, people_.Issue({{"CN", "ops"}}, -1)), kNotLetIn) << "expired";
  EXPECT_TRUE(List(Connect(server, authority_, people_.Issue("nobody")), token_).ok())
      << "a token makes it somebody";
}

TEST_F(ControlTlsTest, AnOptionalCertificateMayBeLeftOut) {
  RunningServer server(ServerFlags("optional"));
  EXPECT_EQ(ListAs(server, people_.Issue("ops")), kOk);
  EXPECT_TRUE(List(Connect(server, authority_), token_).ok());
  EXPECT_EQ(List(Connect(server, authority_)).error_code(), kUnknown);
  EXPECT_EQ(ListAs(server, strangers_.Issue("ops")), kNotLetIn) << "a wrong one is not as good as none";
  EXPECT_EQ(ListAs(server, people_.Issue({{"CN", "ops"}}, -1)), kNotLetIn);
}

TEST_F(ControlTlsTest, ACertificateThatIsNotAskedForGivesNoRole) {
  RunningServer server(ServerFlags("none"));
  EXPECT_EQ(ListAs(server, people_.Issue("ops")), kUnknown);
}

TEST_F(ControlTlsTest, TheSpiffeIdNamesBeforeTheCommonName) {
  RunningServer server(ServerFlags("required"));
  EXPECT_EQ(ListAs(server, people_.Issue({{"CN", "nobody"}}, 1, "URI:spiffe://test/bot")), kOk);
  EXPECT_EQ(ListAs(server, people_.Issue({{"CN", "ops"}}, 1, "URI:spiffe://test/other")), kUnknown);
  EXPECT_EQ(ListAs(server, people_.Issue({{"CN", "nobody"}}, 1, "DNS:ops")), kUnknown)
      << "names of servers do not count";
  EXPECT_EQ(ListAs(server, people_.Issue({{"O", "ops"}})), kUnknown) << "no name at all";
}

TEST_F(ControlTlsTest, ACertificateIsTheActorUnderItsOwnName) {
  RunningServer server(ServerFlags("required"));
  const auto stub = v1::ConnectionService::NewStub(Connect(server, authority_, people_.Issue("ops")));
  Client client = server.Open();
  v1::InterruptConnectionRequest request = InterruptOf(client.id());
  v1::InterruptConnectionResponse response;
  request.set_abort(true);
  grpc::ClientContext context;
  ASSERT_TRUE(stub->InterruptConnection(&context, request, &response).ok());
  EXPECT_EQ(response.connection().close().actor(), "cert:ops");
  EXPECT_THAT(error_.Read(), HasSubstr("caller=cert:ops peer=ipv4:127.0.0.1:"));
}

TEST_F(ControlTlsTest, TheRoleOfACertificateIsTakenAwayAtOnce) {
  RunningServer server(ServerFlags("required"));
  const auto channel = Connect(server, authority_, people_.Issue("ops"));
  EXPECT_TRUE(List(channel).ok());
  tokens_.Replace("# nobody\n");
  server.server().ReloadFiles();
  EXPECT_EQ(List(channel).error_code(), kUnknown) << "on the connection that there is";
}

TEST_F(ControlTlsTest, RenewedFilesAreTakenWhileItServes) {
  RunningServer server(ServerFlags());
  const auto before = Connect(server, authority_);
  ASSERT_TRUE(List(before, token_).ok());
  TestAuthority next("Next");
  Renew(next.Issue("gateway.example"));
  EXPECT_TRUE(WaitUntil([&] { return IsServed(server, next); }));
  EXPECT_FALSE(IsServed(server, authority_));
  EXPECT_TRUE(List(before, token_).ok()) << "who came before stays";
}

TEST_F(ControlTlsTest, TheOldPairStaysWhereTheNewOneIsBad) {
  RunningServer server(ServerFlags());
  const auto complains = [&](const std::string& what) {
    return WaitUntil([&] { return error_.Read().find(what) != std::string::npos; });
  };
  files_.certificate.Replace("nonsense");
  EXPECT_TRUE(complains(files_.certificate.path() + ": must hold a certificate chain in PEM"));
  EXPECT_TRUE(IsServed(server, authority_));
  files_.certificate.Replace(authority_.Issue("another key").certificate);
  EXPECT_TRUE(complains(files_.key.path() + ": must be the key of " + files_.certificate.path()));
  EXPECT_TRUE(IsServed(server, authority_));
  EXPECT_THAT(error_.Read(),
              HasSubstr("--control_tls_cert cannot be used, the old certificate stays in use"));
  TestAuthority next("Next");
  Renew(next.Issue("gateway.example"));
  server.server().ReloadFiles();
  EXPECT_TRUE(IsServed(server, next)) << "at once, by the public function";
}

TEST_F(ControlTlsTest, ReplacedAuthoritiesLetOthersIn) {
  RunningServer server(ServerFlags("required"));
  EXPECT_EQ(ListAs(server, people_.Issue("ops")), kOk);
  client_ca_.Replace(strangers_.certificate());
  server.server().ReloadFiles();
  EXPECT_EQ(ListAs(server, people_.Issue("ops")), kNotLetIn);
  EXPECT_EQ(ListAs(server, strangers_.Issue("ops")), kOk);
  client_ca_.Replace("nonsense");
  server.server().ReloadFiles();
  EXPECT_EQ(ListAs(server, strangers_.Issue("ops")), kOk) << "a bad file changes nothing";
}

}  // namespace
}  // namespace drawbridge
