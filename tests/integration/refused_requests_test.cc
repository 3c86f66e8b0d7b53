// Invalid requests to each method of the control API: status, reason and field of each refusal, and that no
// client is affected. interrupt_input_test.cc has those of InterruptConnection.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using grpc::StatusCode;
using Stub = v1::ConnectionService::Stub;

constexpr char kUnknownId[] = "abcd-12345678-1";

struct Refusal {
  std::string name;
  // Makes the invalid call. `id` is that of an open connection.
  std::function<grpc::Status(Stub& stub, const std::string& id)> call;
  StatusCode code;
  std::string reason;
  std::string field;
};

// For a unary method: `spoil` makes a valid request invalid.
template <typename Request, typename Response>
std::function<grpc::Status(Stub&, const std::string&)> Unary(
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    const std::function<Request(const std::string&)>& good, const std::function<void(Request&)>& spoil) {
  return [=](Stub& stub, const std::string& id) {
    grpc::ClientContext context;
    Request request = good(id);
    spoil(request);
    Response response;
    return (stub.*method)(&context, request, &response);
  };
}

Refusal List(const std::string& name, const std::function<void(v1::ListConnectionsRequest&)>& spoil,
             const std::string& reason, const std::string& field) {
  const auto good = [](const std::string&) { return v1::ListConnectionsRequest(); };
  return {"List" + name,
          Unary<v1::ListConnectionsRequest, v1::ListConnectionsResponse>(&Stub::ListConnections, good, spoil),
          StatusCode::INVALID_ARGUMENT, reason, field};
}

Refusal Get(const std::string& name, const std::string& id, StatusCode code, const std::string& reason,
            const std::string& field) {
  const auto good = [id](const std::string&) {
    v1::GetConnectionRequest request;
    request.set_connection_id(id);
    return request;
  };
  return {
      "Get" + name,
      Unary<v1::GetConnectionRequest, v1::GetConnectionResponse>(&Stub::GetConnection, good, [](auto&) {}),
      code, reason, field};
}

Refusal Count(const std::string& name, const std::function<void(v1::CountConnectionsRequest&)>& spoil,
              const std::string& reason, const std::string& field) {
  const auto good = [](const std::string&) { return v1::CountConnectionsRequest(); };
  return {
      "Count" + name,
      Unary<v1::CountConnectionsRequest, v1::CountConnectionsResponse>(&Stub::CountConnections, good, spoil),
      StatusCode::INVALID_ARGUMENT, reason, field};
}

Refusal Update(const std::string& name, const std::function<void(v1::UpdateConnectionRequest&)>& spoil,
               const std::string& reason, const std::string& field,
               StatusCode code = StatusCode::INVALID_ARGUMENT) {
  const auto good = [](const std::string& id) {
    v1::UpdateConnectionRequest request;
    request.mutable_connection()->set_connection_id(id);
    request.mutable_update_mask()->add_paths("labels");
    return request;
  };
  return {
      "Update" + name,
      Unary<v1::UpdateConnectionRequest, v1::UpdateConnectionResponse>(&Stub::UpdateConnection, good, spoil),
      code, reason, field};
}

Refusal Send(const std::string& name, const std::function<void(v1::SendMessageRequest&)>& spoil,
             const std::string& reason, const std::string& field,
             StatusCode code = StatusCode::INVALID_ARGUMENT) {
  const auto good = [](const std::string& id) {
    v1::SendMessageRequest request;
    request.set_connection_id(id);
    request.mutable_message()->set_text("hello");
    return request;
  };
  return {"Send" + name,
          Unary<v1::SendMessageRequest, v1::SendMessageResponse>(&Stub::SendMessage, good, spoil), code,
          reason, field};
}

Refusal Broadcast(const std::string& name, const std::function<void(v1::BroadcastMessageRequest&)>& spoil,
                  const std::string& reason, const std::string& field) {
  const auto good = [](const std::string&) {
    v1::BroadcastMessageRequest request;
    request.set_filter("*");
    request.mutable_message()->set_text("hello");
    return request;
  };
  return {
      "Broadcast" + name,
      Unary<v1::BroadcastMessageRequest, v1::BroadcastMessageResponse>(&Stub::BroadcastMessage, good, spoil),
      StatusCode::INVALID_ARGUMENT, reason, field};
}

Refusal BulkInterrupt(const std::string& name, std::function<void(v1::InterruptConnectionsRequest&)> spoil,
                      const std::string& reason, const std::string& field,
                      StatusCode code = StatusCode::INVALID_ARGUMENT) {
  return {"BulkInterrupt" + name,
          [spoil = std::move(spoil)](Stub& stub, const std::string&) {
            grpc::ClientContext context;
            v1::InterruptConnectionsRequest request;
            request.set_filter("*");
            request.set_all(true);
            spoil(request);
            const auto reader = stub.InterruptConnections(&context, request);
            v1::InterruptConnectionsResponse response;
            EXPECT_FALSE(reader->Read(&response)) << response.ShortDebugString();
            return reader->Finish();
          },
          code, reason, field};
}

std::vector<Refusal> Refusals() {
  const std::string long_id(33, 'a');
  const std::string long_filter = "path = \"" + std::string(4096, 'a') + "\"";
  return {
      List(
          "NegativePage", [](auto& r) { r.set_page_size(-1); }, "PAGE_SIZE_NEGATIVE", "page_size"),
      List(
          "BadFilter", [](auto& r) { r.set_filter("pth = a"); }, "FILTER_INVALID", "filter"),
      List(
          "LongFilter", [=](auto& r) { r.set_filter(long_filter); }, "FILTER_INVALID", "filter"),
      List(
          "BadToken", [](auto& r) { r.set_page_token("x"); }, "PAGE_TOKEN_INVALID", "page_token"),
      List(
          "FilterNotUtf8", [](auto& r) { r.set_filter("path = \"\xff\""); }, "NOT_UTF8", "filter"),

      Get("NoId", "", StatusCode::INVALID_ARGUMENT, "CONNECTION_ID_MALFORMED", "connection_id"),
      Get("LongId", long_id, StatusCode::INVALID_ARGUMENT, "CONNECTION_ID_MALFORMED", "connection_id"),
      Get("BadId", "A b", StatusCode::INVALID_ARGUMENT, "CONNECTION_ID_MALFORMED", "connection_id"),
      Get("UnknownId", kUnknownId, StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND", ""),

      Count(
          "BadFilter", [](auto& r) { r.set_filter("pth = a"); }, "FILTER_INVALID", "filter"),
      Count(
          "BadGroup", [](auto& r) { r.set_group_by("paths"); }, "GROUP_BY_INVALID", "group_by"),
      Count(
          "NegativeGroups", [](auto& r) { r.set_max_groups(-1); }, "MAX_GROUPS_NEGATIVE", "max_groups"),

      Update(
          "NoConnection", [](auto& r) { r.clear_connection(); }, "CONNECTION_ID_MALFORMED",
          "connection.connection_id"),
      Update(
          "BadId", [](auto& r) { r.mutable_connection()->set_connection_id("A b"); },
          "CONNECTION_ID_MALFORMED", "connection.connection_id"),
      Update(
          "UnknownId", [](auto& r) { r.mutable_connection()->set_connection_id(kUnknownId); },
          "CONNECTION_NOT_FOUND", "", StatusCode::NOT_FOUND),
      Update(
          "NoMask", [](auto& r) { r.clear_update_mask(); }, "UPDATE_MASK_EMPTY", "update_mask"),
      Update(
          "BadMask", [](auto& r) { r.mutable_update_mask()->add_paths("path"); }, "UPDATE_MASK_INVALID",
          "update_mask"),
      Update(
          "BadKey", [](auto& r) { (*r.mutable_connection()->mutable_labels())["A b"] = "x"; },
          "LABEL_KEY_MALFORMED", "connection.labels"),
      Update(
          "LongKey", [](auto& r) { (*r.mutable_connection()->mutable_labels())[std::string(64, 'a')] = "x"; },
          "LABEL_KEY_MALFORMED", "connection.labels"),
      Update(
          "LongValue",
          [](auto& r) { (*r.mutable_connection()->mutable_labels())["a"] = std::string(257, 'x'); },
          "LABEL_VALUE_TOO_LONG", "connection.labels"),
      Update(
          "ManyLabels",
          [](auto& r) {
            for (int i = 0; i < 33; ++i)
              (*r.mutable_connection()->mutable_labels())["k" + std::to_string(i)] = "x";
          },
          "TOO_MANY_LABELS", "connection.labels"),
      Update(
          "BadTime",
          [](auto& r) {
            r.mutable_update_mask()->add_paths("expire_time");
            r.mutable_connection()->mutable_expire_time()->set_nanos(-1);
          },
          "EXPIRE_TIME_OUT_OF_RANGE", "connection.expire_time"),
      Update(
          "StaleRevision", [](auto& r) { r.set_expected_revision(4711); }, "REVISION_STALE", "",
          StatusCode::ABORTED),

      Send(
          "NoId", [](auto& r) { r.clear_connection_id(); }, "CONNECTION_ID_MALFORMED", "connection_id"),
      Send(
          "BadId", [](auto& r) { r.set_connection_id("A b"); }, "CONNECTION_ID_MALFORMED", "connection_id"),
      Send(
          "UnknownId", [](auto& r) { r.set_connection_id(kUnknownId); }, "CONNECTION_NOT_FOUND", "",
          StatusCode::NOT_FOUND),
      Send(
          "NoMessage", [](auto& r) { r.clear_message(); }, "MESSAGE_MISSING", "message"),
      Send(
          "EmptyMessage", [](auto& r) { r.mutable_message()->Clear(); }, "MESSAGE_MISSING", "message"),
      Send(
          "TextNotUtf8", [](auto& r) { r.mutable_message()->set_text("\xc3"); }, "NOT_UTF8", "message.text"),

      Broadcast(
          "NoFilter", [](auto& r) { r.clear_filter(); }, "FILTER_MISSING", "filter"),
      Broadcast(
          "BlankFilter", [](auto& r) { r.set_filter(" "); }, "FILTER_INVALID", "filter"),
      Broadcast(
          "BadFilter", [](auto& r) { r.set_filter("path = "); }, "FILTER_INVALID", "filter"),
      Broadcast(
          "LongFilter", [=](auto& r) { r.set_filter(long_filter); }, "FILTER_INVALID", "filter"),
      Broadcast(
          "NoMessage", [](auto& r) { r.clear_message(); }, "MESSAGE_MISSING", "message"),
      Broadcast(
          "EmptyMessage", [](auto& r) { r.mutable_message()->Clear(); }, "MESSAGE_MISSING", "message"),
      Broadcast(
          "TextNotUtf8", [](auto& r) { r.mutable_message()->set_text("\xff"); }, "NOT_UTF8", "message.text"),

      BulkInterrupt(
          "All", [](auto& r) { r.clear_all(); }, "ALL_REQUIRED", "all"),
      BulkInterrupt(
          "NoFilter", [](auto& r) { r.clear_filter(); }, "FILTER_MISSING", "filter"),
      BulkInterrupt(
          "NoFilterDryRun",
          [](auto& r) {
            r.clear_filter();
            r.set_dry_run(true);
          },
          "FILTER_MISSING", "filter"),
      BulkInterrupt(
          "BlankFilter", [](auto& r) { r.set_filter(" "); }, "FILTER_INVALID", "filter"),
      BulkInterrupt(
          "BadFilter", [](auto& r) { r.set_filter("path = a AND tls = true OR tls = false"); },
          "FILTER_INVALID", "filter"),
      BulkInterrupt(
          "LongFilter", [=](auto& r) { r.set_filter(long_filter); }, "FILTER_INVALID", "filter"),
      BulkInterrupt(
          "Code1005", [](auto& r) { r.set_code(1005); }, "CODE_FORBIDDEN", "code"),
      BulkInterrupt(
          "Code66544", [](auto& r) { r.set_code(65536 + 1008); }, "CODE_FORBIDDEN", "code"),
      BulkInterrupt(
          "LongReason", [](auto& r) { r.set_reason(std::string(124, 'r')); }, "REASON_TOO_LONG", "reason"),
      BulkInterrupt(
          "ReasonNotUtf8", [](auto& r) { r.set_reason("\xff"); }, "NOT_UTF8", "reason"),
      BulkInterrupt(
          "NegativeGrace", [](auto& r) { r.mutable_grace()->set_seconds(-1); }, "GRACE_OUT_OF_RANGE",
          "grace"),
      BulkInterrupt(
          "LongGrace", [](auto& r) { r.mutable_grace()->set_seconds(61); }, "GRACE_OUT_OF_RANGE", "grace"),
      BulkInterrupt(
          "NegativeMaxCount", [](auto& r) { r.set_max_count(-1); }, "MAX_COUNT_NEGATIVE", "max_count"),
      BulkInterrupt(
          "NegativeLimit", [](auto& r) { r.set_limit(std::numeric_limits<int64_t>::min()); },
          "LIMIT_NEGATIVE", "limit"),
      BulkInterrupt(
          "RateOfMinus2", [](auto& r) { r.set_rate_per_second(-2); }, "RATE_INVALID", "rate_per_second"),
      BulkInterrupt(
          "OverMaxCount", [](auto& r) { r.set_max_count(1); }, "TOO_MANY_MATCH", "",
          StatusCode::FAILED_PRECONDITION),
  };
}

// One server for the whole table. Every row checks that the two clients are still served.
class RefusedRequestsTest : public ::testing::TestWithParam<Refusal> {
 protected:
  static void SetUpTestSuite() {
    server = new RunningServer;
    clients = new std::vector<Client>;
    for (int i = 0; i < 2; ++i) clients->push_back(server->Open());
  }
  static void TearDownTestSuite() {
    delete clients;
    delete server;
  }
  static inline RunningServer* server = nullptr;
  static inline std::vector<Client>* clients = nullptr;
};

TEST_P(RefusedRequestsTest, ByNameAndWithoutHarm) {
  const Refusal& refusal = GetParam();
  const grpc::Status status = refusal.call(server->stub(), clients->front().id());
  EXPECT_EQ(status.error_code(), refusal.code) << status.error_message();
  EXPECT_FALSE(status.error_message().empty());
  const StatusDetails details = DetailsOf(status);
  EXPECT_EQ(details.domain, "drawbridge");
  EXPECT_EQ(details.reason, refusal.reason);
  EXPECT_EQ(details.field, refusal.field);
  for (Client& client : *clients) {
    client.Echo("unharmed, and nothing was sent");
    const v1::Connection connection = server->Get(client.id());
    EXPECT_EQ(connection.state(), v1::CONNECTION_STATE_OPEN);
    EXPECT_EQ(connection.revision(), 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(All, RefusedRequestsTest, ::testing::ValuesIn(Refusals()),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace drawbridge
