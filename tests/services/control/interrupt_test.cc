// Every field and outcome of InterruptConnection, on connections whose session the test simulates.
#include "services/control/interrupt.h"

#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/services/control/listed_clients.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
constexpr auto kInvalid = grpc::StatusCode::INVALID_ARGUMENT;

// ------------------------------------------------------------------------------------- requests

v1::InterruptConnectionRequest Request(std::string_view id = "some-id") {
  v1::InterruptConnectionRequest request;
  request.set_connection_id(std::string(id));
  return request;
}

StatusFacts Parsed(const v1::InterruptConnectionRequest& request, CloseRequest* close) {
  return FactsOf(ParseInterrupt(request, close));
}
StatusFacts Parsed(const v1::InterruptConnectionRequest& request) {
  CloseRequest close(CloseCause::kInterrupted);
  return Parsed(request, &close);
}
const StatusFacts kOk{grpc::StatusCode::OK, ""};

TEST(ParseInterruptTest, Defaults) {
  CloseRequest close(CloseCause::kInterrupted);
  EXPECT_EQ(Parsed(Request(), &close), kOk);
  EXPECT_EQ(close.code, 1008);
  EXPECT_EQ(close.reason, "interrupted");
  EXPECT_EQ(close.grace, seconds(5));
  EXPECT_FALSE(close.drop_pending);
  EXPECT_FALSE(close.abort);
}

TEST(ParseInterruptTest, TakesEveryField) {
  v1::InterruptConnectionRequest request = Request();
  request.set_code(4711);
  request.set_reason("so long");
  request.mutable_grace()->set_seconds(2);
  request.mutable_grace()->set_nanos(500'000'000);
  request.set_drop_pending(true);
  request.set_abort(true);
  CloseRequest close(CloseCause::kInterrupted);
  EXPECT_EQ(Parsed(request, &close), kOk);
  EXPECT_EQ(close.code, 4711);
  EXPECT_EQ(close.reason, "so long");
  EXPECT_EQ(close.grace, milliseconds(2500));
  EXPECT_TRUE(close.drop_pending);
  EXPECT_TRUE(close.abort);
}

bool IsAllowed(uint32_t code) {
  return code == 0 || code == 1000 || code == 1001 || code == 1008 || code == 1011 || code == 1012 ||
         code == 1013 || (code >= 3000 && code <= 4999);
}

TEST(ParseInterruptTest, EveryCodeIsAllowedOrForbidden) {
  for (uint32_t code = 0; code <= 70'000; ++code) {
    v1::InterruptConnectionRequest request = Request();
    request.set_code(code);
    const StatusFacts expected = IsAllowed(code) ? kOk : StatusFacts{kInvalid, "CODE_FORBIDDEN", "code"};
    ASSERT_EQ(Parsed(request), expected) << code;
  }
  v1::InterruptConnectionRequest request = Request();
  request.set_code(65536 + 1008);
  EXPECT_EQ(Parsed(request), (StatusFacts{kInvalid, "CODE_FORBIDDEN", "code"}));
}

TEST(ParseInterruptTest, AReasonHasAtMost123Bytes) {
  v1::InterruptConnectionRequest request = Request();
  request.set_reason(std::string(123, 'r'));
  EXPECT_EQ(Parsed(request), kOk);
  request.set_reason(std::string(124, 'r'));
  EXPECT_EQ(Parsed(request), (StatusFacts{kInvalid, "REASON_TOO_LONG", "reason"}));
  // The limit counts bytes, not characters.
  std::string accents;
  for (int i = 0; i < 62; ++i) accents += "\xc3\xa9";
  request.set_reason(accents);
  EXPECT_EQ(Parsed(request), (StatusFacts{kInvalid, "REASON_TOO_LONG", "reason"}));
  request.set_reason(accents.substr(2));
  EXPECT_EQ(Parsed(request), kOk);
}

TEST(ParseInterruptTest, AReasonIsUtf8) {
  v1::InterruptConnectionRequest request = Request();
  request.set_reason("\xff");
  EXPECT_EQ(Parsed(request), (StatusFacts{kInvalid, "NOT_UTF8", "reason"}));
}

TEST(ParseInterruptTest, AGraceIsFrom0To60Seconds) {
  struct Case {
    int64_t seconds;
    int32_t nanos;
    bool valid;
  };
  for (const Case& each :
       {Case{0, 0, true}, Case{0, 1, true}, Case{59, 999'999'999, true}, Case{60, 0, true},
        Case{60, 1, false}, Case{61, 0, false}, Case{-1, 0, false}, Case{0, -1, false}, Case{1, -1, false},
        Case{0, 1'000'000'000, false}, Case{std::numeric_limits<int64_t>::max(), 0, false},
        Case{std::numeric_limits<int64_t>::min(), 0, false}}) {
    v1::InterruptConnectionRequest request = Request();
    request.mutable_grace()->set_seconds(each.seconds);
    request.mutable_grace()->set_nanos(each.nanos);
    CloseRequest close(CloseCause::kInterrupted);
    const StatusFacts expected = each.valid ? kOk : StatusFacts{kInvalid, "GRACE_OUT_OF_RANGE", "grace"};
    EXPECT_EQ(Parsed(request, &close), expected) << each.seconds << ' ' << each.nanos;
    if (each.valid) {
      EXPECT_EQ(close.grace, seconds(each.seconds) + nanoseconds(each.nanos));
    }
  }
}

TEST(ParseInterruptTest, AnIdIsNeeded) {
  for (const std::string& id : {std::string(), std::string("A"), std::string(33, 'a'), std::string("a b")}) {
    EXPECT_EQ(Parsed(Request(id)), (StatusFacts{kInvalid, "CONNECTION_ID_MALFORMED", "connection_id"})) << id;
  }
}

// ------------------------------------------------------------------------------------- outcomes

class InterruptionTest : public ::testing::Test {
 protected:
  std::unique_ptr<Interruption> Begin(const v1::InterruptConnectionRequest& request) {
    std::unique_ptr<Interruption> interruption;
    EXPECT_EQ(FactsOf(Interruption::Begin(clients_.registry, clients_.clock, request, "ci", &interruption)),
              kOk);
    return interruption;
  }
  static CloseResult EndedBy(CloseOutcome outcome) {
    CloseResult result;
    result.outcome = outcome;
    result.sent_code = 1008;
    result.dropped_messages = 3;
    return result;
  }

  ListedClients clients_;
  std::shared_ptr<Connection> connection_ = clients_.Add();
  v1::InterruptConnectionRequest request_ = Request(connection_->info().id);
};

TEST_F(InterruptionTest, IsIrrevocableOnceBegun) {
  request_.set_code(4000);
  const auto interruption = Begin(request_);
  EXPECT_EQ(connection_->state(), ConnectionState::kClosing);
  EXPECT_EQ(connection_->close_request()->code, 4000);
  const auto response = interruption->Response();
  EXPECT_EQ(response.outcome(), v1::INTERRUPT_OUTCOME_ACCEPTED);
  EXPECT_EQ(response.connection().state(), v1::CONNECTION_STATE_CLOSING);
  EXPECT_FALSE(response.joined());
}

TEST_F(InterruptionTest, AnswersWhenItIsGone) {
  const auto interruption = Begin(request_);
  int gone = 0;
  interruption->WhenGone([&] {
    ++gone;
    EXPECT_EQ(clients_.registry.size(), 0U) << "unlisted before anybody is told";
  });
  clients_.clock.Advance(milliseconds(1500));
  EXPECT_EQ(gone, 0);
  clients_.End(0, EndedBy(CloseOutcome::kClean));
  EXPECT_EQ(gone, 1);
  const auto response = interruption->Response();
  EXPECT_EQ(response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_EQ(response.connection().state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(response.dropped_messages(), 3U);
  EXPECT_EQ(response.elapsed().seconds(), 1);
  EXPECT_EQ(response.elapsed().nanos(), 500'000'000);
}

TEST_F(InterruptionTest, EveryOutcomeHasItsName) {
  const std::pair<CloseOutcome, v1::InterruptOutcome> outcomes[] = {
      {CloseOutcome::kClean, v1::INTERRUPT_OUTCOME_CLOSED_CLEAN},
      {CloseOutcome::kTimeout, v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT},
      {CloseOutcome::kAborted, v1::INTERRUPT_OUTCOME_CLOSED_ABORTED},
      {CloseOutcome::kRejected, v1::INTERRUPT_OUTCOME_CLOSED_REJECTED}};
  for (const auto& [outcome, name] : outcomes) {
    const auto interruption = Begin(Request(clients_.Add()->info().id));
    clients_.End(clients_.registrations.size() - 1, EndedBy(outcome));
    EXPECT_EQ(interruption->Response().outcome(), name);
  }
}

TEST_F(InterruptionTest, TheSecondJoinsAndTheFirstStands) {
  request_.set_code(4001);
  const auto first = Begin(request_);
  request_.set_code(4002);
  const auto second = Begin(request_);
  EXPECT_EQ(connection_->close_request()->code, 4001);
  int gone = 0;
  first->WhenGone([&] { ++gone; });
  second->WhenGone([&] { ++gone; });
  clients_.End(0, EndedBy(CloseOutcome::kTimeout));
  EXPECT_EQ(gone, 2);
  EXPECT_FALSE(first->Response().joined());
  EXPECT_TRUE(second->Response().joined());
  EXPECT_EQ(first->Response().outcome(), second->Response().outcome());
}

TEST_F(InterruptionTest, WhoIsGoneAlreadyIsSaidToBe) {
  clients_.End(0, EndedBy(CloseOutcome::kClean));
  clients_.clock.Advance(seconds(10));
  const auto interruption = Begin(request_);
  int gone = 0;
  interruption->WhenGone([&] { ++gone; });
  EXPECT_EQ(gone, 1) << "at once";
  const auto response = interruption->Response();
  EXPECT_EQ(response.outcome(), v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
  EXPECT_TRUE(response.joined());
  EXPECT_EQ(response.elapsed().seconds(), 0);
  EXPECT_EQ(response.elapsed().nanos(), 0);
  EXPECT_EQ(response.connection().close().cause(), "disconnected");
}

TEST_F(InterruptionTest, WhoStopsWaitingIsNotCalled) {
  const auto interruption = Begin(request_);
  int gone = 0;
  interruption->WhenGone([&] { ++gone; });
  interruption->StopWaiting();
  clients_.End(0);
  EXPECT_EQ(gone, 0);
}

TEST_F(InterruptionTest, AMissingConnectionIsAnErrorUnlessAllowed) {
  std::unique_ptr<Interruption> interruption;
  v1::InterruptConnectionRequest request = Request(clients_.registry.node().ConnectionId(4711));
  EXPECT_EQ(FactsOf(Interruption::Begin(clients_.registry, clients_.clock, request, "ci", &interruption)),
            (StatusFacts{grpc::StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND"}));
  EXPECT_EQ(interruption, nullptr);
  request.set_allow_missing(true);
  EXPECT_EQ(Begin(request), nullptr);
}

TEST_F(InterruptionTest, ABadRequestBeginsNothing) {
  std::unique_ptr<Interruption> interruption;
  request_.set_code(1005);
  request_.set_allow_missing(true);
  EXPECT_EQ(FactsOf(Interruption::Begin(clients_.registry, clients_.clock, request_, "ci", &interruption)),
            (StatusFacts{kInvalid, "CODE_FORBIDDEN", "code"}));
  EXPECT_EQ(interruption, nullptr);
  EXPECT_EQ(connection_->state(), ConnectionState::kOpen);
}

}  // namespace
}  // namespace drawbridge
