// Runs bulk interrupts on connections whose sessions the test simulates, with a manual clock.
#ifndef DRAWBRIDGE_TESTS_SERVICES_CONTROL_BULK_INTERRUPT_FIXTURE_H_
#define DRAWBRIDGE_TESTS_SERVICES_CONTROL_BULK_INTERRUPT_FIXTURE_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "gtest/gtest.h"
#include "services/control/bulk_interrupt.h"
#include "tests/services/control/listed_clients.h"

namespace drawbridge {

// A request for all connections; `rate`: a second, -1: as fast as possible.
inline control::v1::InterruptConnectionsRequest Everybody(int32_t rate = -1) {
  control::v1::InterruptConnectionsRequest request;
  request.set_filter("*");
  request.set_all(true);
  request.set_rate_per_second(rate);
  return request;
}

// Outside an unnamed namespace: all files of one test program must use the same class for a test suite.
class BulkInterruptTest : public ::testing::Test {
 protected:
  void AddClients(size_t count) {
    for (size_t i = 0; i < count; ++i) clients_.Add();
  }
  std::unique_ptr<BulkInterrupt> Start(const control::v1::InterruptConnectionsRequest& request) {
    BulkInterruptOptions options;
    EXPECT_TRUE(ParseBulkInterrupt(request, &options).ok());
    return std::make_unique<BulkInterrupt>(clients_.registry, clients_.clock, std::move(options), 1,
                                           [this] { ++ended_; });
  }
  // Does the work that is due now. Returns the time of the next work.
  std::optional<SteadyTime> WorkNow(BulkInterrupt& run, bool sessions_act = true) {
    for (;;) {
      const auto next = run.Work();
      if (sessions_act) Act();
      if (!next.has_value() || *next > clients_.clock.Steady() + std::chrono::milliseconds(1)) return next;
      // Work() asks to be called again after a millisecond, for the I/O threads. With `sessions_act` false
      // this would never end.
      if (*next > clients_.clock.Steady()) {
        if (!sessions_act) return next;
        clients_.clock.Advance(*next - clients_.clock.Steady());
      }
    }
  }
  void WorkFor(BulkInterrupt& run, std::chrono::nanoseconds duration) {
    for (const SteadyTime end = clients_.clock.Steady() + duration; clients_.clock.Steady() < end;) {
      const SteadyTime next = run.Work().value_or(end);
      Act();
      const SteadyTime now = clients_.clock.Steady();
      clients_.clock.Advance(std::clamp(next, now, end) - now);
    }
  }
  // Does what sessions do when an interrupt reaches them.
  void Act() {
    for (const auto& each : clients_.registrations) {
      if (each.connection() != nullptr && each.connection()->state() == ConnectionState::kClosing)
        each.connection()->MarkCloseArrived();
    }
  }
  size_t Closing() {
    size_t closing = 0;
    for (const auto& each : clients_.registrations) {
      if (each.connection() != nullptr && each.connection()->state() == ConnectionState::kClosing) ++closing;
    }
    return closing;
  }
  static CloseResult EndedBy(CloseOutcome outcome) {
    CloseResult result;
    result.outcome = outcome;
    return result;
  }

  ListedClients clients_;
  int ended_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SERVICES_CONTROL_BULK_INTERRUPT_FIXTURE_H_
