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

v1::BanService::Stub* ban_stub = nullptr;  // of the server of the table

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

// A call of BanService on the server's channel. `spoil` makes a valid request invalid.
Refusal Ban(const std::string& name, std::function<void(v1::CreateBanRequest&)> spoil,
            const std::string& reason, const std::string& field) {
  return {"Ban" + name,
          [spoil = std::move(spoil)](Stub&, const std::string&) {
            grpc::ClientContext context;
            v1::CreateBanRequest request;
            request.mutable_ban()->set_address("192.0.2.1");
            request.mutable_ban()->mutable_ttl()->set_seconds(60);
            spoil(request);
            v1::CreateBanResponse response;
            return ban_stub->CreateBan(&context, request, &response);
          },
          StatusCode::INVALID_ARGUMENT, reason, field};
}

Refusal ListBans(const std::string& name, const std::function<void(v1::ListBansRequest&)>& spoil,
                 const std::string& reason, const std::string& field) {
  return {"ListBans" + name,
          [spoil](Stub&, const std::string&) {
            grpc::ClientContext context;
            v1::ListBansRequest request;
            spoil(request);
            v1::ListBansResponse response;
            return ban_stub->ListBans(&context, request, &response);
          },
          StatusCode::INVALID_ARGUMENT, reason, field};
}

Refusal Unban(const std::string& name, const std::string& id, StatusCode code, const std::string& reason,
              const std::string& field) {
  return {"Unban" + name,
          [id](Stub&, const std::string&) {
            grpc::ClientContext context;
            v1::DeleteBanRequest request;
            request.set_ban_id(id);
            v1::DeleteBanResponse response;
            return ban_stub->DeleteBan(&context, request, &response);
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
      BulkInterrupt(
          "RefuseForNothing", [](auto& r) { r.mutable_refuse_for(); }, "REFUSE_FOR_OUT_OF_RANGE",
          "refuse_for"),
      BulkInterrupt(
          "RefuseForLong", [](auto& r) { r.mutable_refuse_for()->set_seconds(90 * 86'400 + 1); },
          "REFUSE_FOR_OUT_OF_RANGE", "refuse_for"),

      Ban(
          "Nothing", [](auto& r) { r.clear_ban(); }, "BAN_SUBJECT_MISSING", "ban"),
      Ban(
          "BadId", [](auto& r) { r.set_ban_id("A b"); }, "BAN_ID_MALFORMED", "ban_id"),
      Ban(
          "LongId", [](auto& r) { r.set_ban_id(std::string(64, 'a')); }, "BAN_ID_MALFORMED", "ban_id"),
      Ban(
          "NoPrincipal", [](auto& r) { r.mutable_ban()->set_principal(""); }, "PRINCIPAL_INVALID",
          "ban.principal"),
      Ban(
          "LongPrincipal", [](auto& r) { r.mutable_ban()->set_principal(std::string(1025, 'p')); },
          "PRINCIPAL_INVALID", "ban.principal"),
      Ban(
          "NoTokenId", [](auto& r) { r.mutable_ban()->set_token_id(""); }, "TOKEN_ID_INVALID",
          "ban.token_id"),
      Ban(
          "LongTokenId", [](auto& r) { r.mutable_ban()->set_token_id(std::string(257, 't')); },
          "TOKEN_ID_INVALID", "ban.token_id"),
      Ban(
          "BadLabel", [](auto& r) { r.mutable_ban()->mutable_label()->set_key("A b"); },
          "LABEL_KEY_MALFORMED", "ban.label"),
      Ban(
          "NoLabel", [](auto& r) { r.mutable_ban()->mutable_label(); }, "LABEL_KEY_MALFORMED", "ban.label"),
      Ban(
          "LongLabel",
          [](auto& r) {
            r.mutable_ban()->mutable_label()->set_key("k");
            r.mutable_ban()->mutable_label()->set_value(std::string(257, 'v'));
          },
          "LABEL_VALUE_TOO_LONG", "ban.label"),
      Ban(
          "NoAddress", [](auto& r) { r.mutable_ban()->set_address(""); }, "ADDRESS_MALFORMED", "ban.address"),
      Ban(
          "BadAddress", [](auto& r) { r.mutable_ban()->set_address("192.0.2.1:80"); }, "ADDRESS_MALFORMED",
          "ban.address"),
      Ban(
          "BitsAfterThePrefix", [](auto& r) { r.mutable_ban()->set_address("192.0.2.1/24"); },
          "ADDRESS_MALFORMED", "ban.address"),
      Ban(
          "Code1005", [](auto& r) { r.mutable_ban()->set_code(1005); }, "CODE_FORBIDDEN", "ban.code"),
      Ban(
          "LongReason", [](auto& r) { r.mutable_ban()->set_reason(std::string(124, 'r')); },
          "REASON_TOO_LONG", "ban.reason"),
      Ban(
          "ReasonNotUtf8", [](auto& r) { r.mutable_ban()->set_reason("\xff"); }, "NOT_UTF8", "ban.reason"),
      Ban(
          "Status399", [](auto& r) { r.mutable_ban()->set_http_status(399); }, "HTTP_STATUS_OUT_OF_RANGE",
          "ban.http_status"),
      Ban(
          "Status500", [](auto& r) { r.mutable_ban()->set_http_status(500); }, "HTTP_STATUS_OUT_OF_RANGE",
          "ban.http_status"),
      Ban(
          "NoExpiration", [](auto& r) { r.mutable_ban()->clear_expiration(); }, "EXPIRATION_MISSING", "ban"),
      Ban(
          "NoTtl", [](auto& r) { r.mutable_ban()->mutable_ttl()->Clear(); }, "TTL_OUT_OF_RANGE", "ban.ttl"),
      Ban(
          "NegativeTtl", [](auto& r) { r.mutable_ban()->mutable_ttl()->set_seconds(-1); }, "TTL_OUT_OF_RANGE",
          "ban.ttl"),
      Ban(
          "LongTtl", [](auto& r) { r.mutable_ban()->mutable_ttl()->set_seconds(90 * 86'400 + 1); },
          "TTL_OUT_OF_RANGE", "ban.ttl"),
      Ban(
          "Past", [](auto& r) { r.mutable_ban()->mutable_expire_time()->set_seconds(1'600'000'000); },
          "EXPIRE_TIME_OUT_OF_RANGE", "ban.expire_time"),
      Ban(
          "FarFuture", [](auto& r) { r.mutable_ban()->mutable_expire_time()->set_seconds(9'000'000'000); },
          "EXPIRE_TIME_OUT_OF_RANGE", "ban.expire_time"),
      Ban(
          "BadTime", [](auto& r) { r.mutable_ban()->mutable_expire_time()->set_nanos(-1); },
          "EXPIRE_TIME_OUT_OF_RANGE", "ban.expire_time"),
      ListBans(
          "NegativePage", [](auto& r) { r.set_page_size(-1); }, "PAGE_SIZE_NEGATIVE", "page_size"),
      ListBans(
          "BadToken", [](auto& r) { r.set_page_token("x"); }, "PAGE_TOKEN_INVALID", "page_token"),
      Unban("NoId", "", StatusCode::INVALID_ARGUMENT, "BAN_ID_MALFORMED", "ban_id"),
      Unban("UnknownId", "none", StatusCode::NOT_FOUND, "BAN_NOT_FOUND", ""),
  };
}

// One server for the whole table. Every row checks that the two clients are still served.
class RefusedRequestsTest : public ::testing::TestWithParam<Refusal> {
 protected:
  static void SetUpTestSuite() {
    server = new RunningServer;
    ban_stub = v1::BanService::NewStub(server->channel()).release();
    clients = new std::vector<Client>;
    for (int i = 0; i < 2; ++i) clients->push_back(server->Open());
  }
  static void TearDownTestSuite() {
    delete clients;
    delete ban_stub;
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
