// Invalid interrupt requests: the status, reason and field of each refusal, and that the connection stays
// open.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

using Request = control::v1::InterruptConnectionRequest;
using grpc::StatusCode;

struct BadInput {
  std::string name;
  std::function<void(Request&)> spoil;  // makes a valid request invalid
  StatusCode code;
  std::string reason;
  std::string field;
};

BadInput Id(const std::string& name, const std::string& id, StatusCode code, const std::string& reason,
            const std::string& field) {
  return {name, [id](Request& request) { request.set_connection_id(id); }, code, reason, field};
}
BadInput MalformedId(const std::string& name, const std::string& id) {
  return Id(name, id, StatusCode::INVALID_ARGUMENT, "CONNECTION_ID_MALFORMED", "connection_id");
}
BadInput UnknownId(const std::string& name, const std::string& id) {
  return Id(name, id, StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND", "");
}
BadInput Code(uint32_t code) {
  return {"Code" + std::to_string(code), [code](Request& request) { request.set_code(code); },
          StatusCode::INVALID_ARGUMENT, "CODE_FORBIDDEN", "code"};
}
BadInput Reason(const std::string& name, const std::string& text, const std::string& reason) {
  return {name, [text](Request& request) { request.set_reason(text); }, StatusCode::INVALID_ARGUMENT, reason,
          "reason"};
}
BadInput Grace(const std::string& name, int64_t seconds, int32_t nanos) {
  return {name,
          [=](Request& request) {
            request.mutable_grace()->set_seconds(seconds);
            request.mutable_grace()->set_nanos(nanos);
          },
          StatusCode::INVALID_ARGUMENT, "GRACE_OUT_OF_RANGE", "grace"};
}

std::string Repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// One server and client for the whole table. Every row checks that the client is still connected.
class InterruptInputTest : public ::testing::TestWithParam<BadInput> {
 protected:
  static void SetUpTestSuite() {
    server = new RunningServer;
    client = new Client(server->Open());
  }
  static void TearDownTestSuite() {
    delete client;
    delete server;
  }
  static inline RunningServer* server = nullptr;
  static inline Client* client = nullptr;
};

TEST_P(InterruptInputTest, IsRefusedAndHarmless) {
  const BadInput& input = GetParam();
  Request request = InterruptOf(client->id());
  input.spoil(request);
  const InterruptReply reply = Interrupt(*server, request);
  EXPECT_EQ(reply.status.error_code(), input.code) << reply.status.error_message();
  EXPECT_FALSE(reply.status.error_message().empty());
  const StatusDetails details = DetailsOf(reply.status);
  EXPECT_EQ(details.domain, "drawbridge");
  EXPECT_EQ(details.reason, input.reason);
  EXPECT_EQ(details.field, input.field);
  client->Echo("unharmed");
  EXPECT_EQ(server->Get(client->id()).state(), control::v1::CONNECTION_STATE_OPEN);
}

INSTANTIATE_TEST_SUITE_P(
    All, InterruptInputTest,
    ::testing::Values(UnknownId("UnknownId", "abcd-12345678-1"), UnknownId("NotAnIdOfOurs", "hello"),
                      MalformedId("EmptyId", ""), MalformedId("CapitalId", "ABCD-12345678-1"),
                      MalformedId("IdWithBlank", "a b"), MalformedId("LongId", std::string(33, 'a')), Code(1),
                      Code(999), Code(1002), Code(1003), Code(1004), Code(1005), Code(1006), Code(1007),
                      Code(1009), Code(1010), Code(1014), Code(1015), Code(2999), Code(5000), Code(66536),
                      Reason("ReasonOf124Bytes", std::string(124, 'r'), "REASON_TOO_LONG"),
                      Reason("ReasonOf62TwoByteCharacters", Repeat("\xc3\xa9", 62), "REASON_TOO_LONG"),
                      Reason("ReasonNotUtf8", "caf\xe9", "NOT_UTF8"),
                      Reason("ReasonCutCharacter", "caf\xc3", "NOT_UTF8"), Grace("NegativeGrace", -1, 0),
                      Grace("NegativeNanos", 0, -1), Grace("GraceOf61Seconds", 61, 0),
                      Grace("GraceJustOver60Seconds", 60, 1), Grace("NanosOverASecond", 1, 1'000'000'000)),
    [](const auto& param_info) { return param_info.param.name; });

TEST(InterruptBoundsTest, EverythingUpToTheBoundsIsTaken) {
  RunningServer server;
  for (const uint32_t code : {1000u, 1001u, 1008u, 1011u, 1012u, 1013u, 3000u, 4999u}) {
    Client client = server.Open();
    Request request = InterruptOf(client.id(), std::chrono::seconds(60));
    request.set_code(code);
    request.set_reason(Repeat("\xc3\xa9", 61) + "!");
    auto reply = StartInterrupt(server, request);
    const ServerFrame close = client.ReadCloseAndAnswer();
    EXPECT_EQ(close.code(), static_cast<int>(code));
    EXPECT_EQ(close.reason(), request.reason());
    EXPECT_EQ(reply.get().response.outcome(), control::v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
  }
}

}  // namespace
}  // namespace drawbridge
