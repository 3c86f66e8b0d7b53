// A fixture with a client that answers a close frame only if the test does, and a gateway whose clock is
// stopped.
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
  // Returns when the gateway's one I/O thread has processed everything that was sent or requested before.
  void LetItLook() { RunningGateway::LetItLook(witness_); }
  // Begins a closing whose close frame the client reads and does not answer.
  void BeginClosing(std::chrono::nanoseconds grace) {
    EXPECT_TRUE(connection_->Interrupt(Graceful(grace)));
    EXPECT_EQ(client_.ReadClose().payload.substr(2), "first");
  }
  // Sends more than the kernel can buffer. The client reads none of it.
  void FillTheKernel() {
    LetItLook();  // the session sets the bound of the queue when it starts
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
