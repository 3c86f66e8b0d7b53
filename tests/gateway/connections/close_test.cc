// The table of close causes. Clients of the control API depend on its codes and words.
#include "gateway/connections/close.h"

#include <set>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

struct Expected {
  CloseCause cause;
  CloseInitiator initiator;
  uint16_t code;
  std::string_view word;
};

// Repeats the table on purpose: a change here is a change of the public API.
constexpr Expected kExpected[] = {
    {CloseCause::kInterrupted, CloseInitiator::kControl, 1008, "interrupted"},
    {CloseCause::kClientClosed, CloseInitiator::kClient, 1000, "client_closed"},
    {CloseCause::kDisconnected, CloseInitiator::kNetwork, 0, "disconnected"},
    {CloseCause::kReset, CloseInitiator::kNetwork, 0, "reset"},
    {CloseCause::kNoPong, CloseInitiator::kNetwork, 1001, "no_pong"},
    {CloseCause::kIdle, CloseInitiator::kGateway, 1001, "idle"},
    {CloseCause::kTooSlow, CloseInitiator::kGateway, 1008, "too_slow"},
    {CloseCause::kTooBig, CloseInitiator::kGateway, 1009, "too_big"},
    {CloseCause::kProtocolError, CloseInitiator::kGateway, 1002, "protocol_error"},
    {CloseCause::kInvalidUtf8, CloseInitiator::kGateway, 1007, "invalid_utf8"},
    {CloseCause::kInvalidDeflate, CloseInitiator::kGateway, 1007, "invalid_deflate"},
    {CloseCause::kShutdown, CloseInitiator::kDrain, 1001, "shutdown"},
    {CloseCause::kExpired, CloseInitiator::kGateway, 1008, "expired"},
    {CloseCause::kMaxAge, CloseInitiator::kGateway, 1001, "max_age"},
    {CloseCause::kReplaced, CloseInitiator::kGateway, 1008, "replaced"},
};

TEST(CloseTest, EachCauseHasItsInitiatorItsCodeAndItsWord) {
  std::set<std::string_view> words;
  for (const Expected& expected : kExpected) {
    const CloseCauseInfo& info = Describe(expected.cause);
    EXPECT_EQ(info.cause, expected.cause);
    EXPECT_EQ(info.initiator, expected.initiator) << expected.word;
    EXPECT_EQ(info.code, expected.code) << expected.word;
    EXPECT_EQ(info.word, expected.word);
    EXPECT_LE(info.reason.size(), 123U) << expected.word;
    words.insert(info.word);
  }
  EXPECT_EQ(words.size(), std::size(kExpected)) << "two causes share a word";
  EXPECT_EQ(CloseCauses().size(), std::size(kExpected)) << "a cause is missing here";
}

TEST(CloseTest, ARequestBeginsWithWhatTheTableSays) {
  const CloseRequest request(CloseCause::kInterrupted);
  EXPECT_EQ(request.cause, CloseCause::kInterrupted);
  EXPECT_EQ(request.code, 1008);
  EXPECT_EQ(request.reason, "interrupted");
  EXPECT_EQ(request.grace, std::chrono::seconds(5));
  EXPECT_FALSE(request.drop_pending);
  EXPECT_FALSE(request.abort);
}

TEST(CloseTest, AnAnswerRefusesByItsCodeAndNotByAnEcho) {
  for (const uint16_t refusal : {uint16_t{1002}, uint16_t{1007}}) {
    EXPECT_TRUE(RefusesClose(1008, refusal));
    EXPECT_FALSE(RefusesClose(refusal, refusal));
  }
  for (const uint16_t code :
       {uint16_t{1000}, uint16_t{1001}, kNoStatusReceived, uint16_t{1008}, uint16_t{4000}}) {
    EXPECT_FALSE(RefusesClose(1012, code)) << code;
  }
}

TEST(CloseTest, EachOutcomeHasAWord) {
  EXPECT_EQ(WordOf(CloseOutcome::kClean), "clean");
  EXPECT_EQ(WordOf(CloseOutcome::kTimeout), "timeout");
  EXPECT_EQ(WordOf(CloseOutcome::kAborted), "aborted");
  EXPECT_EQ(WordOf(CloseOutcome::kRejected), "rejected");
}

}  // namespace
}  // namespace drawbridge
