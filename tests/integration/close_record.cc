#include "tests/integration/close_record.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "gateway/connections/close.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

std::set<std::string>& TestedCauses() {
  static std::set<std::string> causes;
  return causes;
}

// Checks that every cause of the table has a test in this program.
class EveryCause : public ::testing::Environment {
 public:
  void TearDown() override {
    if (GTEST_FLAG_GET(filter) != "*") return;
    for (const CloseCauseInfo& cause : CloseCauses())
      EXPECT_TRUE(TestedCauses().contains(std::string(cause.word)))
          << "no test of how " << cause.word << " ends";
  }
};
const ::testing::Environment* const kEveryCause = ::testing::AddGlobalTestEnvironment(new EveryCause);

std::chrono::nanoseconds SinceEpoch(const google::protobuf::Timestamp& time) {
  return std::chrono::seconds(time.seconds()) + std::chrono::nanoseconds(time.nanos());
}

// The gateway computes times from the steady clock, which may differ a little from the system clock.
constexpr std::chrono::milliseconds kApart{50};

void ExpectTrueTimes(const v1::Connection& closed) {
  const auto end = SinceEpoch(closed.close().close_time());
  EXPECT_GT(end, SinceEpoch(closed.create_time()));
  EXPECT_LE(end, std::chrono::system_clock::now().time_since_epoch() + kApart);
  if (closed.has_last_receive_time()) {
    EXPECT_LE(SinceEpoch(closed.last_receive_time()), end);
  }
}

}  // namespace

void ExpectRecord(const v1::Connection& closed, const CloseRecord& expected, const Echoed& echoed) {
  EXPECT_EQ(closed.state(), v1::CONNECTION_STATE_CLOSED);
  const v1::Close& close = closed.close();
  EXPECT_EQ(v1::CloseInitiator_Name(close.initiator()), v1::CloseInitiator_Name(expected.initiator));
  EXPECT_EQ(close.cause(), expected.cause);
  EXPECT_EQ(close.sent_code(), expected.sent_code);
  EXPECT_EQ(close.sent_reason(), expected.sent_reason);
  EXPECT_EQ(close.received_code(), expected.received_code);
  EXPECT_EQ(close.received_reason(), expected.received_reason);
  EXPECT_EQ(close.clean(), expected.clean);
  EXPECT_EQ(close.outcome() == v1::CLOSE_OUTCOME_CLEAN, expected.clean);
  EXPECT_NE(close.outcome(), v1::CLOSE_OUTCOME_UNSPECIFIED);
  if (expected.outcome != v1::CLOSE_OUTCOME_UNSPECIFIED) {
    EXPECT_EQ(v1::CloseOutcome_Name(close.outcome()), v1::CloseOutcome_Name(expected.outcome));
  }
  if (expected.initiator != v1::CLOSE_INITIATOR_CONTROL) {
    EXPECT_EQ(close.actor(), "");
  }
  ExpectTrueTimes(closed);
  EXPECT_EQ(closed.received_messages(), echoed.messages);
  EXPECT_EQ(closed.received_bytes(), echoed.bytes);
  EXPECT_EQ(closed.sent_messages(), echoed.messages);
  EXPECT_EQ(closed.sent_bytes(), echoed.bytes);
  EXPECT_EQ(closed.send_queue_messages(), 0u);
  EXPECT_EQ(closed.send_queue_bytes(), 0u);
  if (!::testing::Test::HasFailure()) TestedCauses().insert(expected.cause);
}

void ExpectRecord(RunningServer& server, const Client& client, const CloseRecord& expected,
                  const Echoed& echoed) {
  ExpectRecord(server.GetWhenClosed(client.id()), expected, echoed);
}

}  // namespace drawbridge
