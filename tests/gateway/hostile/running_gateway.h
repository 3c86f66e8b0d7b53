// A data plane in this process, without gRPC, for clients that mean no good.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_HOSTILE_RUNNING_GATEWAY_H_
#define DRAWBRIDGE_TESTS_GATEWAY_HOSTILE_RUNNING_GATEWAY_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "gateway/base/node_identity.h"
#include "gateway/connections/connection.h"
#include "gateway/handlers/echo.h"
#include "gateway/handlers/handler.h"
#include "gateway/listener/gateway.h"
#include "gateway/session/deadline_wheel.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {

// One I/O thread, so that what one client is answered comes behind what was there for another before. Time
// passes only by Advance, and is noticed with the next tick of the thread's real timer.
class RunningGateway {
 public:
  // `handler` must outlive it; null: the echo.
  explicit RunningGateway(const GatewayOptions& options = {}, Handler* handler = nullptr)
      : gateway_(options, NodeIdentity::Draw("test-node"), handler == nullptr ? &echo_ : handler, &clock_) {}

  Gateway& gateway() { return gateway_; }
  const std::string& address() const { return gateway_.address(); }
  void Advance(std::chrono::nanoseconds step) { clock_.Advance(step); }
  // The same and a tick more, and returns when all deadlines within `step` have been looked at.
  void Pass(std::chrono::nanoseconds step) {
    for (const std::chrono::nanoseconds piece : {step, std::chrono::nanoseconds(DeadlineWheel::kTick)}) {
      clock_.Advance(piece);
      EXPECT_TRUE(WaitUntil([&] { return gateway_.last_turns().front() >= clock_.Steady(); }));
    }
    clock_.Advance(std::chrono::nanoseconds(1));
    EXPECT_TRUE(WaitUntil([&] { return gateway_.last_turns().front() >= clock_.Steady(); }));
  }

  Client Open(const Client::Options& options = {}) { return Client::Open(address(), options); }
  Client Dial(const Client::Options& options = {}) { return Client::Dial(address(), options); }
  std::shared_ptr<Connection> Find(const Client& client) { return gateway_.registry().Find(client.id()); }
  size_t connections() { return gateway_.registry().size(); }

  // `witness` speaks with the gateway until whatever had been sent to it before has been looked at, had it
  // been willing to.
  static void LetItLook(Client& witness) {
    for (int i = 0; i < 3; ++i) witness.Echo("are you there?");
  }

  // Waits until the connection has ended, and says why.
  static std::optional<CloseCause> WaitForEnd(const std::shared_ptr<Connection>& connection) {
    if (!WaitUntil([&] { return connection->close_result().has_value(); })) return std::nullopt;
    return connection->close_request()->cause;
  }

 private:
  ManualClock clock_;
  EchoHandler echo_;
  Gateway gateway_;
};

// Of this process, in bytes.
inline size_t ResidentMemory() {
  std::ifstream statm("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_HOSTILE_RUNNING_GATEWAY_H_
