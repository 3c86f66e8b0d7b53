// A data plane in this process, without gRPC, for tests with hostile clients.
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

// Has one I/O thread, so events of different clients are processed in order. Time passes only by Advance, and
// the thread notices it with the next tick of its real timer.
class RunningGateway {
 public:
  // `handler` must outlive this object; null: the echo handler.
  explicit RunningGateway(const GatewayOptions& options = {}, Handler* handler = nullptr)
      : gateway_(options, NodeIdentity::Draw("test-node"), handler == nullptr ? &echo_ : handler, &clock_) {}

  Gateway& gateway() { return gateway_; }
  const std::string& address() const { return gateway_.address(); }
  void Advance(std::chrono::nanoseconds step) { clock_.Advance(step); }
  // Advances by `step` and a tick, and returns when all deadlines within `step` were checked.
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

  // Echoes on `witness` until the gateway has processed everything that clients sent before.
  static void LetItLook(Client& witness) {
    for (int i = 0; i < 3; ++i) witness.Echo("are you there?");
  }

  // Waits until the connection has ended, and returns the cause.
  static std::optional<CloseCause> WaitForEnd(const std::shared_ptr<Connection>& connection) {
    if (!WaitUntil([&] { return connection->close_result().has_value(); })) return std::nullopt;
    return connection->close_request()->cause;
  }

 private:
  ManualClock clock_;
  EchoHandler echo_;
  Gateway gateway_;
};

// Whether memory that was freed can be used again at once. AddressSanitizer keeps up to 256 MB of it aside,
// so a test of memory that is freed and allocated again and again measures only that.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kReusesFreedMemory = false;
#elif defined(__has_feature)
inline constexpr bool kReusesFreedMemory = !__has_feature(address_sanitizer);
#else
inline constexpr bool kReusesFreedMemory = true;
#endif

// The resident memory of this process, in bytes.
inline size_t ResidentMemory() {
  std::ifstream statm("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_HOSTILE_RUNNING_GATEWAY_H_
