// Renewals of a whole server: the control API, the metrics and the log tell them, and connections live as
// long as their last token.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include "gateway/base/log.h"
#include "gateway/listener/handshake.h"
#include "tests/integration/metric_growth.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/standard_error.h"
#include "tests/support/token_maker.h"
#include "tests/support/watch_stream.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class RenewalTest : public ::testing::Test {
 public:
  RenewalTest() { InitializeLogging("text", "info"); }

  Flags FlagsWithKeys() const {
    const std::string path = ::testing::TempDir() + "/renewal_test_keys.json";
    std::ofstream(path) << KeySetText({key_.Jwk(R"("kid":"k1")")});
    Flags flags = TestFlags();
    flags.jwt_keys = path;
    flags.jwt_leeway = seconds(0);
    flags.jwt_label = "role=role";
    return flags;
  }

  std::string TokenUntil(system_clock::time_point end, const std::string& role = "guest") const {
    const auto exp = std::chrono::duration_cast<seconds>(end.time_since_epoch()).count();
    return key_.TokenOf(
        "EdDSA", "k1",
        fmt::format(R"({{"sub":"alice","exp":{},"role":"{}","jti":"t-{}"}})", exp, role, role));
  }
  static std::string LineOf(const std::string& token) { return "Authorization: Bearer " + token; }

  Client Open(const std::string& token) { return server_.Open({.headers = {LineOf(token)}}); }
  // Renews the connection of `client`, or all of the principal where it is null.
  HttpResponse Renew(const std::string& token, const Client* client = nullptr) {
    const std::string body =
        client == nullptr ? "{}" : fmt::format(R"({{"connectionIds":["{}"]}})", client->id());
    Client request = Client::Dial(server_.address());
    request.Send(
        fmt::format("POST {} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
                    "Content-Length: {}\r\n{}\r\n\r\n{}",
                    kRenewalPath, body.size(), LineOf(token), body));
    return request.ReadResponse();
  }

  StandardError error_;
  SigningKey key_ = SigningKey::Ed25519();
  RunningServer server_{FlagsWithKeys()};
};

TEST_F(RenewalTest, AWatchAndListsTellIt) {
  Client client = Open(TokenUntil(system_clock::now() + hours(1)));
  v1::WatchConnectionsRequest wanted;
  wanted.set_filter("principal = alice");
  WatchStream watch(server_.stub(), wanted);
  EXPECT_EQ(watch.NextOf(v1::CONNECTION_EVENT_TYPE_OPENED).connection().revision(), 1u);
  const auto end = std::chrono::floor<seconds>(system_clock::now()) + hours(2);
  EXPECT_EQ(Renew(TokenUntil(end, "admin")).status, 200);
  const v1::Connection told = watch.NextOf(v1::CONNECTION_EVENT_TYPE_UPDATED).connection();
  EXPECT_EQ(told.connection_id(), client.id());
  EXPECT_EQ(told.revision(), 2u);
  EXPECT_EQ(told.labels().at("role"), "admin");
  EXPECT_EQ(told.expire_time().seconds(), system_clock::to_time_t(end));
  EXPECT_EQ(server_.Get(client.id()).revision(), 2u);
  client.Echo("and the client has seen no frame of it");
}

TEST_F(RenewalTest, WhatAnUpdateHasSetStays) {
  Client client = Open(TokenUntil(system_clock::now() + hours(1)));
  v1::UpdateConnectionRequest request;
  request.mutable_connection()->set_connection_id(client.id());
  (*request.mutable_connection()->mutable_labels())["role"] = "suspended";
  request.mutable_update_mask()->add_paths("labels.role");
  grpc::ClientContext context;
  v1::UpdateConnectionResponse response;
  ASSERT_TRUE(server_.stub().UpdateConnection(&context, request, &response).ok());
  EXPECT_EQ(Renew(TokenUntil(system_clock::now() + hours(2), "admin")).status, 200);
  EXPECT_EQ(server_.Get(client.id()).labels().at("role"), "suspended");
  EXPECT_EQ(server_.Get(client.id()).revision(), 3u);
}

TEST_F(RenewalTest, ARenewedConnectionOutlivesOneThatIsNot) {
  const auto first = std::chrono::ceil<seconds>(system_clock::now()) + seconds(1);
  Client forgetful = Open(TokenUntil(first));
  Client renews = Open(TokenUntil(first));
  EXPECT_EQ(Renew(TokenUntil(first + seconds(1), "one"), &renews).status, 200);
  EXPECT_EQ(Renew(TokenUntil(first + seconds(3), "two"), &renews).status, 200);
  EXPECT_EQ(forgetful.ReadCloseAndAnswer().reason(), "expired");
  renews.Echo("still here");
  const ServerFrame close = renews.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(close.reason(), "expired");
  EXPECT_GE(system_clock::now(), first + seconds(3)) << "only by its last token";
  const v1::Connection record = server_.GetWhenClosed(renews.id());
  EXPECT_EQ(record.close().cause(), "expired");
}

TEST_F(RenewalTest, ResultsAreCountedAndLogged) {
  const Client client = Open(TokenUntil(system_clock::now() + hours(1)));
  ExpectGrowth(server_,
               [&] {
                 EXPECT_EQ(Renew(TokenUntil(system_clock::now() + hours(2), "two")).status, 200);
                 EXPECT_EQ(Renew("x.y.z").status, 401);
               },
               {{"drawbridge_renewals_total{result=\"renewed\"}", 1},
                {"drawbridge_renewals_total{result=\"unauthorized\"}", 1},
                {Handshakes("unauthorized"), 0}});
  EXPECT_TRUE(WaitUntil([&] { return error_.Read().find("renewal refused") != std::string::npos; }));
  EXPECT_THAT(
      error_.Read(),
      ContainsRegex("renewed principal=alice count=1 remote_address=127.0.0.1:[0-9]+ token_id=t-two"));
  EXPECT_THAT(error_.Read(), HasSubstr("status=401"));
}

}  // namespace
}  // namespace drawbridge
