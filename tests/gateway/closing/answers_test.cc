// What a client may send in answer to a close frame, and the outcome that is recorded. The gateway's clock is
// stopped, so no test passes by the end of the grace.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/connections/close.h"
#include "tests/gateway/closing/unanswered.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

std::string CloseFrameOf(int code, std::string_view reason = {}) {
  return Encode({.opcode = kOpClose, .payload = ClosePayloadOf(code, reason)});
}

struct Answer {
  std::string name;
  std::string bytes;
  CloseOutcome outcome;
  uint16_t received_code;
  const char* received_reason = "";
};

class AnswersTest : public UnansweredTest, public ::testing::WithParamInterface<Answer> {};

TEST_P(AnswersTest, EndsTheClosingAtOnceAndIsKept) {
  const Answer& answer = GetParam();
  BeginClosing(seconds(20));
  client_.Send(answer.bytes);
  EXPECT_EQ(client_.ReadEnd(), Client::Ending::kEndOfFile);
  client_.ShutdownWrite();  // otherwise the gateway waits for more data behind the broken frame
  ExpectEnd(answer.outcome);
  const CloseResult result = *connection_->close_result();
  EXPECT_EQ(result.sent_code, 1008);
  EXPECT_EQ(result.sent_reason, "first");
  EXPECT_EQ(result.received_code, answer.received_code);
  EXPECT_EQ(result.received_reason, answer.received_reason);
  EXPECT_EQ(result.clean(), answer.outcome == CloseOutcome::kClean);
}

INSTANTIATE_TEST_SUITE_P(
    Accepting, AnswersTest,
    ::testing::Values(Answer{"Echo", CloseFrameOf(1008, "so be it"), CloseOutcome::kClean, 1008, "so be it"},
                      Answer{"Normal", CloseFrameOf(1000), CloseOutcome::kClean, 1000},
                      Answer{"Internal", CloseFrameOf(1011), CloseOutcome::kClean, 1011},
                      Answer{"Private", CloseFrameOf(4999), CloseOutcome::kClean, 4999},
                      Answer{"WithoutCode", Encode({.opcode = kOpClose}), CloseOutcome::kClean, 1005}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Refusing, AnswersTest,
                         ::testing::Values(Answer{"ProtocolError", CloseFrameOf(1002, "Invalid close code"),
                                                  CloseOutcome::kRejected, 1002, "Invalid close code"},
                                           Answer{"InvalidData", CloseFrameOf(1007), CloseOutcome::kRejected,
                                                  1007}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    BreakingTheRules, AnswersTest,
    ::testing::Values(
        Answer{"NoCodeReceivedOnTheWire", CloseFrameOf(1005), CloseOutcome::kRejected, 1005},
        Answer{"WithAReason", CloseFrameOf(1005, "bye"), CloseOutcome::kRejected, 1005, "bye"},
        Answer{"Reserved1004", CloseFrameOf(1004), CloseOutcome::kRejected, 1004},
        Answer{"AbnormalOnTheWire", CloseFrameOf(1006), CloseOutcome::kRejected, 1006},
        Answer{"TlsOnTheWire", CloseFrameOf(1015), CloseOutcome::kRejected, 1015},
        Answer{"Below1000", CloseFrameOf(999), CloseOutcome::kRejected, 999},
        Answer{"Zero", CloseFrameOf(0), CloseOutcome::kRejected, 1005},
        Answer{"Unassigned", CloseFrameOf(2999), CloseOutcome::kRejected, 2999},
        Answer{"Over4999", CloseFrameOf(5000), CloseOutcome::kRejected, 5000},
        Answer{"HalfACode", Encode({.opcode = kOpClose, .payload = "\x03"}), CloseOutcome::kRejected, 1005},
        Answer{"ReasonNotUtf8", CloseFrameOf(1000, "caf\xe9"), CloseOutcome::kRejected, 1000},
        Answer{"NotMasked", Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1008), .masked = false}),
               CloseOutcome::kRejected, 0},
        Answer{"ReservedOpcode", Encode({.opcode = 11}), CloseOutcome::kRejected, 0},
        Answer{"Fragmented", Encode({.opcode = kOpClose, .fin = false}), CloseOutcome::kRejected, 0}),
    [](const auto& test) { return test.param.name; });

TEST_F(UnansweredTest, TheEchoOfARefusingCodeIsNoRefusal) {
  CloseRequest request(CloseCause::kInterrupted);
  request.code = 1002;
  EXPECT_TRUE(connection_->Interrupt(request));
  EXPECT_EQ(client_.ReadCloseAndAnswer().code(), 1002);
  ExpectEnd(CloseOutcome::kClean);
}

TEST_F(UnansweredTest, AnEndOfFileForAnAnswerIsAborted) {
  BeginClosing(seconds(20));
  client_.ShutdownWrite();
  ExpectEnd(CloseOutcome::kAborted);
  EXPECT_EQ(connection_->close_result()->sent_code, 1008);
  EXPECT_EQ(connection_->close_result()->received_code, 0);
}

// The client may have sent the message before it received the close frame. No answer can be read after it,
// but the client keeps the grace to read the close frame and to end the connection.
TEST_F(UnansweredTest, AMessageThatIsTooBigIsNoAnswer) {
  BeginClosing(seconds(20));
  client_.SendFrame({.announced = uint64_t{1} << 40});
  LetItLook();
  EXPECT_FALSE(ended());
  client_.ShutdownWrite();
  ExpectEnd(CloseOutcome::kAborted);
}

// The gateway has not written its close frame yet, so a protocol violation is no answer to it.
TEST_F(UnansweredTest, AViolationBeforeTheCloseFrameIsOutIsNoAnswer) {
  FillTheKernel();
  EXPECT_TRUE(connection_->Interrupt(Graceful(seconds(20))));
  LetItLook();
  client_.SendFrame({.opcode = 11});
  LetItLook();
  EXPECT_FALSE(ended());
  client_.Reset();
  ExpectEnd(CloseOutcome::kAborted);
}

TEST_F(UnansweredTest, AFirstCloseFrameThatBreaksTheRulesEndsItBehindTheAnswer) {
  client_.SendClose(1005, "bye");
  EXPECT_EQ(client_.ReadClose().payload, ClosePayloadOf(1002, "forbidden close code"));
  EXPECT_EQ(client_.ReadEnd(), Client::Ending::kEndOfFile);
  ExpectEnd(CloseOutcome::kRejected, CloseCause::kProtocolError);
  EXPECT_EQ(connection_->close_result()->received_code, 1005);
  EXPECT_EQ(connection_->close_result()->received_reason, "bye");
}

// What is reported while the closing is in progress.

TEST_F(UnansweredTest, TheCloseFrameForAProtocolErrorIsShownOnceItIsOut) {
  EXPECT_EQ(connection_->close_progress().sent_code, 0);
  client_.SendFrame({.opcode = 11});
  EXPECT_EQ(client_.ReadClose().code(), 1002);
  LetItLook();
  EXPECT_EQ(connection_->close_progress().sent_code, 1002);
  EXPECT_EQ(connection_->close_progress().sent_reason, "reserved opcode");
  EXPECT_FALSE(ended());
}

TEST_F(UnansweredTest, ACloseFrameThatIsStuckIsNotShownAsSent) {
  FillTheKernel();
  EXPECT_TRUE(connection_->Interrupt(Graceful(seconds(20))));
  LetItLook();
  EXPECT_EQ(connection_->close_progress().sent_code, 0);
  client_.SendClose(1000, "I was going anyway");
  LetItLook();
  EXPECT_EQ(connection_->close_progress().sent_code, 0);
  EXPECT_EQ(connection_->close_progress().received_code, 1000);
  EXPECT_EQ(connection_->close_progress().received_reason, "I was going anyway");
  EXPECT_FALSE(ended());
  while (client_.ReadFrame().opcode != kOpClose) {
  }
  client_.ShutdownWrite();  // otherwise the gateway waits for more data
  ExpectEnd(CloseOutcome::kClean);
  EXPECT_EQ(connection_->close_progress().sent_code, 1008);
}

}  // namespace
}  // namespace drawbridge
