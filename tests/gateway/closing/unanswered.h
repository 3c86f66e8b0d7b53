// A client whose closing a test decides about, of a gateway whose time stands still.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_CLOSING_UNANSWERED_H_
#define DRAWBRIDGE_TESTS_GATEWAY_CLOSING_UNANSWERED_H_

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/outbox.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"

namespace drawbridge {

inline CloseRequest Graceful(std::chrono::nanoseconds grace, const std::string& reason = "first") {
  CloseRequest request(CloseCause::kInterrupted);
  request.grace = grace;
  request.reason = reason;
  return request;
}

class UnansweredTest : public ::testing::Test {
 protected:
  // Returns when the gateway's one I/O thread has acted on all that came before.
  void LetItLook() { RunningGateway::LetItLook(witness_); }
  // Begins a closing whose close frame the client reads and does not answer.
  void BeginClosing(std::chrono::nanoseconds grace) {
    EXPECT_TRUE(connection_->Interrupt(Graceful(grace)));
    EXPECT_EQ(client_.ReadClose().payload.substr(2), "first");
  }
  // Sends more than the kernel's buffers can grow to, of which the client reads nothing.
  void FillTheKernel() {
    LetItLook();  // the bound of the queue is the session's, which may have yet to begin
    const auto message = std::make_shared<const std::string>(size_t{256} << 10, 'x');
    for (int i = 0; i < 40; ++i) {
      EXPECT_EQ(connection_->Send({MessageType::kText, message, {}}), SendStatus::kQueued);
    }
    LetItLook();
    EXPECT_GT(connection_->traffic().send_queue_bytes.Get(), 0u);
  }
  bool ended() const { return connection_->close_result().has_value(); }
  void ExpectEnd(CloseOutcome outcome, CloseCause cause = CloseCause::kInterrupted) {
    ASSERT_EQ(RunningGateway::WaitForEnd(connection_), cause);
    EXPECT_EQ(WordOf(connection_->close_result()->outcome), WordOf(outcome));
  }

  RunningGateway running_{
      {.session = {.send_queue_bytes = size_t{1} << 30, .ping_interval = std::chrono::seconds(0)}}};
  Client witness_ = running_.Open();
  Client client_ = running_.Open({.receive_buffer = 64 << 10});
  const std::shared_ptr<Connection> connection_ = running_.Find(client_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_CLOSING_UNANSWERED_H_
