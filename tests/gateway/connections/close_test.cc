// One table says what each end of a connection means; clients of the control API depend on its words.
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

// Repeated on purpose: a change here is a change of the contract.
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
    {CloseCause::kShutdown, CloseInitiator::kDrain, 1012, "shutdown"},
    {CloseCause::kExpired, CloseInitiator::kGateway, 1008, "expired"},
    {CloseCause::kMaxAge, CloseInitiator::kGateway, 1012, "max_age"},
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

TEST(CloseTest, AnEndIsCleanWhenBothCloseFramesWereSeen) {
  CloseResult result;
  EXPECT_FALSE(result.clean());
  result.sent_code = 1000;
  EXPECT_FALSE(result.clean());
  result.received_code = kNoStatusReceived;
  EXPECT_TRUE(result.clean());
  result.sent_code = 0;
  EXPECT_FALSE(result.clean());
}

}  // namespace
}  // namespace drawbridge
