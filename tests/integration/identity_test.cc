// Tokens from the flags to the control API: which clients are admitted, what a list shows of them, and what
// changes while the gateway runs.
#include <fmt/format.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/integration/metric_growth.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/scrape.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

class IdentityTest : public ::testing::Test {
 protected:
  static constexpr char kIssuer[] = "https://issuer.example";

  static std::string SetOf(const SigningKey& key) {
    return KeySetText({key.Jwk(R"("kid":"k1","use":"sig")")});
  }
  Flags TokenFlags() const {
    Flags flags = TestFlags();
    flags.jwt_keys = keys_.path();
    flags.jwt_issuer = kIssuer;
    flags.jwt_audience = "edge";
    flags.jwt_label = "role=role";
    return flags;
  }
  static std::string Payload(const std::string& principal,
                             std::chrono::seconds lifetime = std::chrono::hours(1)) {
    const auto expiry = std::chrono::system_clock::now().time_since_epoch() + lifetime;
    return fmt::format(
        R"({{"iss":"{}","aud":["edge","chat"],"sub":"{}","jti":"t-1","role":"admin","exp":{}}})", kIssuer,
        principal, std::chrono::duration_cast<std::chrono::seconds>(expiry).count());
  }
  std::string TokenOf(const std::string& principal) const {
    return key_.TokenOf("ES256", "k1", Payload(principal));
  }
  static Client::Options Bearer(const std::string& token) {
    return {.headers = {"Authorization: Bearer " + token}};
  }
  static HttpResponse Ask(RunningServer& server, const Client::Options& options) {
    return Client::Dial(server.address(), options).Upgrade();
  }

  SigningKey key_ = SigningKey::Ec();
  TemporaryFile keys_{"jwks.json", SetOf(key_)};
};

TEST_F(IdentityTest, TheControlApiShowsWhatTheTokenSays) {
  RunningServer server(TokenFlags());
  Client client = server.Open(Bearer(TokenOf("alice")));
  client.Echo("hello");
  const v1::Connection connection = server.Get(client.id());
  EXPECT_EQ(connection.principal(), "alice");
  EXPECT_EQ(connection.labels().at("role"), "admin");
  EXPECT_EQ(connection.token_id(), "t-1");
  EXPECT_TRUE(connection.has_expire_time());
  EXPECT_EQ(connection.revision(), 1U);
}

TEST_F(IdentityTest, AnUpdateWorksOnTopOfTheToken) {
  RunningServer server(TokenFlags());
  Client client = server.Open(Bearer(TokenOf("alice")));
  grpc::ClientContext context;
  v1::UpdateConnectionRequest request;
  v1::UpdateConnectionResponse response;
  request.mutable_connection()->set_connection_id(client.id());
  (*request.mutable_connection()->mutable_labels())["role"] = "suspended";
  request.mutable_update_mask()->add_paths("labels.role");
  ASSERT_TRUE(server.stub().UpdateConnection(&context, request, &response).ok());
  EXPECT_EQ(response.connection().labels().at("role"), "suspended");
  EXPECT_TRUE(response.connection().has_expire_time()) << "what was not named stays";
  EXPECT_EQ(response.connection().revision(), 2U);
}

TEST_F(IdentityTest, RefusalsAreCountedByRule) {
  RunningServer server(TokenFlags());
  const std::string expired = key_.TokenOf("ES256", "k1", Payload("alice", -std::chrono::hours(1)));
  ExpectGrowth(server, [&] { EXPECT_EQ(Ask(server, Bearer(expired)).status, 401); },
               {{"drawbridge_token_refusals_total{rule=\"expired\"}", 1},
                {"drawbridge_token_verifications_total{result=\"refused\"}", 1},
                {Handshakes("unauthorized"), 1}});
  ExpectGrowth(server, [&] { EXPECT_EQ(Ask(server, {}).status, 401); },
               {{"drawbridge_token_refusals_total{rule=\"missing\"}", 1}, {Handshakes("unauthorized"), 1}});
  const std::string token = TokenOf("alice");
  for (const char* result : {"verified", "cached"}) {
    ExpectGrowth(server, [&] { server.Open(Bearer(token)); },
                 {{fmt::format("drawbridge_token_verifications_total{{result=\"{}\"}}", result), 1},
                  {Handshakes("accepted"), 1}});
  }
  EXPECT_EQ(Scrape(server.server().admin_address())["drawbridge_jwt_keys"], 1);
}

TEST_F(IdentityTest, AFileOfKeysIsReadAgainWholeOrNotAtAll) {
  RunningServer server(TokenFlags());
  const std::string token = TokenOf("alice");
  server.Open(Bearer(token));
  keys_.Replace("{");
  server.server().ReloadFiles();
  server.Open(Bearer(token));
  const SigningKey other = SigningKey::Ec();
  keys_.Replace(SetOf(other));
  server.server().ReloadFiles();
  EXPECT_EQ(Ask(server, Bearer(token)).status, 401);
  server.Open(Bearer(other.TokenOf("ES256", "k1", Payload("alice"))));
}

TEST_F(IdentityTest, RulesCanBeReloaded) {
  const Flags before = TokenFlags();
  RunningServer server(before);
  const std::string token = TokenOf("alice");
  server.Open(Bearer(token));
  Flags after = before;
  after.jwt_audience = "other";
  after.texts["jwt_audience"] = "other";
  server.server().Reload(after);
  EXPECT_EQ(Ask(server, Bearer(token)).status, 401);
}

TEST_F(IdentityTest, WithoutKeysTheNodeIsNotReady) {
  Flags flags = TokenFlags();
  flags.jwt_keys = "https://127.0.0.1:1/jwks.json";
  RunningServer server(flags);
  const HttpResponse ready = AskAdmin(server.server().admin_address(), "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_NE(ready.body.find("no_keys"), std::string::npos) << ready.body;
  EXPECT_EQ(Ask(server, Bearer(TokenOf("alice"))).status, 503);
  EXPECT_TRUE(WaitUntil([&] {
    return Scrape(server.server().admin_address())["drawbridge_jwt_fetches_total{result=\"failed\"}"] > 0;
  }));
}

}  // namespace
}  // namespace drawbridge
