// Calls start at fixed times, independent of earlier calls. So a stall increases the latency of every call
// that is due during it (no coordinated omission).
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "grpcpp/grpcpp.h"
#include "tools/bench/control/crowd.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/window.h"

namespace drawbridge::bench {
namespace {

constexpr auto kSettle = std::chrono::seconds(1);
constexpr auto kNap = std::chrono::microseconds(500);
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kPatience = 30 * kSecond;

// Pending calls, and the results of the finished ones. Thread-safe.
class Calls {
 public:
  explicit Calls(ControlStub& stub) : stub_(stub) {}

  // The latency of the call is measured from the time `due`.
  void Start(const std::string& id, std::string_view payload, int64_t due) {
    auto call = std::make_shared<Call>();
    call->request.set_connection_id(id);
    call->request.mutable_message()->set_binary(std::string(payload));
    stub_.async()->SendMessage(
        &call->context, &call->request, &call->response,
        [this, call, due](const grpc::Status& status) { OnAnswer(status, NowNanoseconds() - due); });
  }

  uint64_t answered() {
    const std::lock_guard lock(mutex_);
    if (!error_.empty()) throw std::runtime_error("SendMessage: " + error_);
    return latency_.total();
  }
  // Must be called only after all calls are answered.
  const Histogram& latency() const { return latency_; }

 private:
  struct Call {
    grpc::ClientContext context;
    control::v1::SendMessageRequest request;
    control::v1::SendMessageResponse response;
  };

  void OnAnswer(const grpc::Status& status, int64_t nanoseconds) {
    const std::lock_guard lock(mutex_);
    latency_.Record(nanoseconds);
    if (!status.ok()) error_ = status.error_message();
  }

  ControlStub& stub_;
  std::mutex mutex_;
  Histogram latency_;  // guarded by mutex_
  std::string error_;  // guarded by mutex_; empty: none
};

void WaitUntilDone(Calls& calls, const Crowd& crowd, uint64_t count) {
  const int64_t deadline = NowNanoseconds() + kPatience;
  while (calls.answered() < count || crowd.messages() < count) {
    crowd.Check();
    if (NowNanoseconds() > deadline) throw std::runtime_error("a message or an answer is missing");
    std::this_thread::sleep_for(kNap);
  }
}

}  // namespace

Report MeasureSend(const ControlScenario& scenario, ControlStub& stub) {
  const Traffic traffic = Crowd::SmallMessages();
  Crowd crowd({.target = scenario.target, .size = scenario.connections, .traffic = traffic});
  const uint64_t rounds = uint64_t{scenario.repeats} * scenario.rate / scenario.connections;
  const uint64_t count = rounds * scenario.connections;
  crowd.ExpectMessages(rounds);
  std::this_thread::sleep_for(kSettle);

  Calls calls(stub);
  Window window(scenario.server);
  window.Begin();
  const int64_t start = NowNanoseconds();
  for (uint64_t i = 0; i < count;) {
    const int64_t now = NowNanoseconds();
    for (; i < count; ++i) {
      const int64_t due = start + std::llround(static_cast<double>(i) * 1e9 / scenario.rate);
      if (due > now) break;
      const auto client = static_cast<uint32_t>(i % scenario.connections);
      calls.Start(crowd.ids()[client], traffic.Payload(client + i / scenario.connections), due);
    }
    std::this_thread::sleep_for(kNap);
  }
  WaitUntilDone(calls, crowd, count);
  window.End();

  Report report;
  report.Text("scenario", scenario.name)
      .Count("connections", scenario.connections)
      .Count("messages", count)
      .Number("rate_asked", scenario.rate);
  window.Describe(count, "message", report);
  report.Latency("answer", calls.latency());
  return report;
}

}  // namespace drawbridge::bench
