// Every call that changes something writes one line to the log, whether it succeeds or fails. A call that
// only reads writes none.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "gateway/base/log.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/standard_error.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSecret[] = "the-payload-is-nobodys-business";

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() { InitializeLogging("text", "info"); }

  // All lines so far. The server writes a line before it answers the call.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const auto line : absl::StrSplit(error_.Read(), '\n', absl::SkipEmpty())) {
      if (absl::StrContains(line, " audit ")) lines.emplace_back(line);
    }
    return lines;
  }

  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::ConnectionService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                    const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    Response response;
    return (server_.stub().*method)(&context, request, &response);
  }

  grpc::Status InterruptAll(const v1::InterruptConnectionsRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    const auto stream = server_.stub().InterruptConnections(&context, request);
    v1::InterruptConnectionsResponse response;
    while (stream->Read(&response)) {
    }
    return stream->Finish();
  }

  StandardError error_;
  RunningServer server_;
};

TEST_F(AuditTest, AnInterrupt) {
  Client client = server_.Open();
  auto interrupt = StartInterrupt(server_, InterruptOf(client.id()));
  client.ReadClose();
  client.SendClose(1008);
  ASSERT_TRUE(interrupt.get().status.ok());
  EXPECT_THAT(Lines(),
              ElementsAre(AllOf(ContainsRegex("method=InterruptConnection caller=ipv4:127.0.0.1:[0-9]+ "),
                                HasSubstr("connection_id=" + client.id()),
                                ContainsRegex("status=OK outcome=INTERRUPT_OUTCOME_CLOSED_CLEAN "
                                              "duration_ms=[0-9]+\\.[0-9][0-9][0-9]$"))));
}

TEST_F(AuditTest, ARefusedInterrupt) {
  v1::InterruptConnectionRequest request = InterruptOf("never-was");
  request.set_reason("with \"quotes\"\nand a line");
  EXPECT_FALSE(Interrupt(server_, request).status.ok());
  EXPECT_THAT(Lines(), ElementsAre(AllOf(HasSubstr(R"(reason="with \"quotes\"\u000aand a line")"),
                                         HasSubstr("status=NOT_FOUND error=CONNECTION_NOT_FOUND"))));
}

TEST_F(AuditTest, AnInterruptThatItsCallerLeft) {
  Client client = server_.Open();
  grpc::ClientContext context;
  auto interrupt = std::async(std::launch::async, [&] {
    v1::InterruptConnectionResponse response;
    return server_.stub().InterruptConnection(&context, InterruptOf(client.id()), &response);
  });
  client.ReadClose();  // the interrupt is in progress
  context.TryCancel();
  EXPECT_EQ(interrupt.get().error_code(), grpc::StatusCode::CANCELLED);
  std::vector<std::string> lines;  // the client sees CANCELLED before the server writes the line
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (; lines.empty() && std::chrono::steady_clock::now() < deadline; lines = Lines())
    std::this_thread::yield();
  EXPECT_THAT(lines, ElementsAre(HasSubstr("status=CANCELLED error=CALLER_LEFT")));
}

TEST_F(AuditTest, ABulkInterrupt) {
  Client client = server_.Open({.target = "/chat"});
  v1::InterruptConnectionsRequest request;
  request.set_filter("path = \"/chat\"");
  request.set_abort(true);
  EXPECT_TRUE(InterruptAll(request).ok());
  request.set_filter("");
  EXPECT_FALSE(InterruptAll(request).ok());
  request.set_filter("*");
  request.set_all(true);
  EXPECT_TRUE(InterruptAll(request).ok());
  EXPECT_THAT(Lines(), ElementsAre(AllOf(HasSubstr(R"(filter="path = \"/chat\"" abort=true)"),
                                         HasSubstr("status=OK matched=1 closed_clean=0 closed_timeout=0 "
                                                   "closed_aborted=1 closed_rejected=0 already_closed=0")),
                                   AllOf(HasSubstr("method=InterruptConnections"),
                                         HasSubstr("status=INVALID_ARGUMENT")),
                                   HasSubstr(" all=true abort=true ")));
}

TEST_F(AuditTest, AnUpdate) {
  Client client = server_.Open();
  v1::UpdateConnectionRequest request;
  request.mutable_connection()->set_connection_id(client.id());
  (*request.mutable_connection()->mutable_labels())["tier"] = "gold";
  (*request.mutable_connection()->mutable_labels())["room"] = "1";
  request.mutable_update_mask()->add_paths("labels");
  EXPECT_TRUE(Call(&v1::ConnectionService::Stub::UpdateConnection, request).ok());
  request.set_expected_revision(1);
  EXPECT_FALSE(Call(&v1::ConnectionService::Stub::UpdateConnection, request).ok());
  EXPECT_THAT(Lines(),
              ElementsAre(AllOf(HasSubstr("method=UpdateConnection"), HasSubstr("update_mask=labels"),
                                HasSubstr(R"(labels="room=1,tier=gold")"), HasSubstr("status=OK revision=2")),
                          AllOf(HasSubstr("expected_revision=1"), HasSubstr("status=ABORTED"))));
}

TEST_F(AuditTest, ASendTellsOfThePayloadItsSizeAlone) {
  Client client = server_.Open();
  v1::SendMessageRequest request;
  request.set_connection_id(client.id());
  request.mutable_message()->set_text(kSecret);
  EXPECT_TRUE(Call(&v1::ConnectionService::Stub::SendMessage, request).ok());
  request.set_wait_written(true);
  request.mutable_message()->set_binary(kSecret);
  EXPECT_TRUE(Call(&v1::ConnectionService::Stub::SendMessage, request).ok());
  request.set_connection_id("Not An Id");
  EXPECT_FALSE(Call(&v1::ConnectionService::Stub::SendMessage, request).ok());
  EXPECT_THAT(
      Lines(),
      ElementsAre(
          AllOf(HasSubstr("text_bytes=31 status=OK"), Not(HasSubstr(kSecret))),
          AllOf(HasSubstr("binary_bytes=31 wait_written=true status=OK"), Not(HasSubstr(kSecret))),
          AllOf(HasSubstr(R"(connection_id="Not An Id")"), HasSubstr("error=CONNECTION_ID_MALFORMED"))));
}

TEST_F(AuditTest, ABroadcastTellsOfThePayloadItsSizeAlone) {
  Client client = server_.Open();
  v1::BroadcastMessageRequest request;
  request.set_filter("*");
  request.mutable_message()->set_text(kSecret);
  EXPECT_TRUE(Call(&v1::ConnectionService::Stub::BroadcastMessage, request).ok());
  request.clear_message();
  EXPECT_FALSE(Call(&v1::ConnectionService::Stub::BroadcastMessage, request).ok());
  EXPECT_THAT(Lines(), ElementsAre(AllOf(HasSubstr("method=BroadcastMessage"),
                                         HasSubstr("text_bytes=31 status=OK matched=1 queued=1 dropped=0"),
                                         Not(HasSubstr(kSecret))),
                                   HasSubstr("status=INVALID_ARGUMENT error=MESSAGE_MISSING")));
}

TEST_F(AuditTest, WhoOnlyLooksLeavesNoLine) {
  Client client = server_.Open();
  v1::GetConnectionRequest get;
  get.set_connection_id(client.id());
  EXPECT_TRUE(Call(&v1::ConnectionService::Stub::GetConnection, get).ok());
  EXPECT_TRUE(Call(&v1::ConnectionService::Stub::ListConnections, v1::ListConnectionsRequest()).ok());
  EXPECT_THAT(Lines(), IsEmpty());
}

}  // namespace
}  // namespace drawbridge
