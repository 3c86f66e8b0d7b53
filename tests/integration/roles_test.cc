// Every method of the control port against every role, and against callers without a role. A new method fails
// this test until it is in the table.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/callers_file.h"
#include "tests/support/certificates.h"
#include "tests/support/raw_call.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kOpen[] = "open";
constexpr char kViewer[] = "viewer";
constexpr char kSender[] = "sender";
constexpr char kOperator[] = "operator";

// The least role that may call each method; kOpen: any caller.
using Table = std::map<std::string, std::string>;
const Table& ExpectedTable() {
  static const Table kTable{
      {"/drawbridge.control.v1.ConnectionService/ListConnections", kViewer},
      {"/drawbridge.control.v1.ConnectionService/GetConnection", kViewer},
      {"/drawbridge.control.v1.ConnectionService/CountConnections", kViewer},
      {"/drawbridge.control.v1.ConnectionService/WatchConnections", kViewer},
      {"/drawbridge.control.v1.ConnectionService/UpdateConnection", kSender},
      {"/drawbridge.control.v1.ConnectionService/SendMessage", kSender},
      {"/drawbridge.control.v1.ConnectionService/BroadcastMessage", kSender},
      {"/drawbridge.control.v1.ConnectionService/InterruptConnection", kOperator},
      {"/drawbridge.control.v1.ConnectionService/InterruptConnections", kOperator},
      {"/drawbridge.control.v1.BanService/CreateBan", kOperator},
      {"/drawbridge.control.v1.BanService/ListBans", kOperator},
      {"/drawbridge.control.v1.BanService/DeleteBan", kOperator},
      {"/drawbridge.control.v1.NodeService/ListNodes", kViewer},
      {"/drawbridge.control.v1.NodeService/DrainNode", kOperator},
      {"/drawbridge.control.v1.NodeService/ResumeNode", kOperator},
      {"/grpc.health.v1.Health/Check", kOpen},
      {"/grpc.health.v1.Health/Watch", kOpen},
      {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", kViewer},
      {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", kViewer},
      // These do not exist.
      {"/drawbridge.control.v1.ConnectionService/NoSuchMethod", kOperator},
      {"/no.such.Service/Method", kOperator},
  };
  return kTable;
}

constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
// Not a valid request of any service. A call that passes the guard fails to parse or gets no answer.
constexpr char kNoRequest[] = "\x0a\x7f";

Headers Bearing(const std::string& token) { return {{"authorization", "Bearer " + token}}; }

void AddMethods(const ServiceDescriptor* service, std::set<std::string>* methods) {
  for (int i = 0; i < service->method_count(); ++i)
    methods->insert("/" + service->full_name() + "/" + service->method(i)->name());
}

class RolesTest : public ::testing::Test {
 protected:
  RolesTest() {
    file_.Replace(lines_);
    server_.server().ReloadFiles();
  }

  static Flags FlagsWith(const TemporaryFile& tokens) {
    Flags flags = TestFlags();
    flags.control_tokens = tokens.path();
    return flags;
  }
  grpc::Status Call(const std::string& method, const Headers& headers) {
    return CallRaw(server_.channel(), method, kNoRequest, headers).status;
  }
  bool AnswersWithDetails(const std::string& method) const {
    return !method.starts_with("/grpc.health.") && !method.starts_with("/no.such.") &&
           !method.ends_with("NoSuchMethod");
  }

  // The methods of the API, served or not, and those that the server reports by reflection.
  std::set<std::string> Methods() {
    std::set<std::string> methods;
    const DescriptorPool* pool = DescriptorPool::generated_pool();
    for (const char* name : {"drawbridge/control/v1/control.proto", "drawbridge/control/v1/node.proto"}) {
      const FileDescriptor* file = pool->FindFileByName(name);
      for (int i = 0; i < file->service_count(); ++i) AddMethods(file->service(i), &methods);
    }
    const std::string list_services("\x3a\x01*", 3);  // field 7
    const RawReply reply = CallRaw(server_.channel(), kReflection, list_services, Bearing("all"));
    EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
    for (const char* name :
         {"drawbridge.control.v1.ConnectionService", "drawbridge.control.v1.BanService",
          "drawbridge.control.v1.NodeService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection"}) {
      EXPECT_THAT(reply.bytes, HasSubstr(name));
      const ServiceDescriptor* service = pool->FindServiceByName(name);
      if (service == nullptr) {
        ADD_FAILURE() << name << " has no descriptor here";
        continue;
      }
      AddMethods(service, &methods);
    }
    return methods;
  }

  const std::string lines_ = TokenLine("eve", kViewer, "look") + TokenLine("sam", kSender, "send") +
                             TokenLine("olga", kOperator, "all");
  const TemporaryFile file_{"tokens", lines_ + TokenLine("gone", kOperator, "revoked")};
  RunningServer server_{FlagsWith(file_)};
};

TEST_F(RolesTest, EveryMethodIsInTheTable) {
  for (const std::string& method : Methods())
    EXPECT_TRUE(ExpectedTable().contains(method))
        << method << ": decide who may call it, here and in services/auth/role.cc";
}

TEST_F(RolesTest, WhoIsNotKnownMayCallWhatIsOpen) {
  const std::vector<std::pair<std::string, Headers>> nobody{
      {"CREDENTIALS_MISSING", {}},
      {"TOKEN_UNKNOWN", Bearing("wrong")},
      {"TOKEN_UNKNOWN", Bearing("revoked")},
      {"TOKEN_MALFORMED", Bearing("")},
      {"TOKEN_MALFORMED", Bearing(std::string(600, 'x'))},
      {"AUTHORIZATION_MALFORMED", {{"authorization", "Basic YWxsOmFsbA=="}}},
      {"AUTHORIZATION_REPEATED", {{"authorization", "Bearer all"}, {"authorization", "Bearer all"}}}};
  for (const auto& [method, least] : ExpectedTable()) {
    for (const auto& [reason, headers] : nobody) {
      const grpc::Status status = Call(method, headers);
      if (least == kOpen) {
        EXPECT_NE(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method;
        continue;
      }
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method << " " << reason;
      EXPECT_NE(status.error_message(), "") << method;
      if (!AnswersWithDetails(method)) continue;
      EXPECT_EQ(DetailsOf(status).domain, "drawbridge") << method;
      EXPECT_EQ(DetailsOf(status).reason, reason) << method;
    }
  }
}

TEST_F(RolesTest, EachRoleMayCallWhatTheTableSays) {
  const std::vector<std::pair<std::string, std::string>> roles{
      {kViewer, "look"}, {kSender, "send"}, {kOperator, "all"}};
  const std::map<std::string, int> rank{{kOpen, 0}, {kViewer, 1}, {kSender, 2}, {kOperator, 3}};
  for (const auto& [method, least] : ExpectedTable()) {
    for (const auto& [role, token] : roles) {
      const grpc::Status status = Call(method, Bearing(token));
      EXPECT_NE(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method << " " << role;
      if (rank.at(role) >= rank.at(least)) {
        EXPECT_NE(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << method << " " << role;
        if (AnswersWithDetails(method)) {
          EXPECT_EQ(DetailsOf(status).reason, "MALFORMED_REQUEST") << method << " " << role;
        }
        continue;
      }
      EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << method << " " << role;
      EXPECT_THAT(status.error_message(),
                  AllOf(HasSubstr(method), HasSubstr(" needs the role "), HasSubstr(least)));
      EXPECT_THAT(status.error_message(), HasSubstr("has " + role));
      if (AnswersWithDetails(method)) {
        EXPECT_EQ(DetailsOf(status).reason, "ROLE_INSUFFICIENT") << method << " " << role;
      }
    }
  }
}

TEST_F(RolesTest, ProbesOfHealthCarryNoToken) {
  const auto health = grpc::health::v1::Health::NewStub(server_.channel());
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(health->Check(&context, {}, &response).ok());
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
}

TEST(NoRolesTest, WithoutTokensNobodyIsAsked) {
  RunningServer server;
  for (const auto& [method, least] : ExpectedTable()) {
    const grpc::Status status = CallRaw(server.channel(), method, kNoRequest, Bearing("whatever")).status;
    EXPECT_NE(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method;
    EXPECT_NE(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << method;
  }
}

}  // namespace
}  // namespace drawbridge
