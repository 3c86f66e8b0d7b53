// One interrupt after the other: what is measured is the delay of a call, not how many fit in a second.
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "grpcpp/grpcpp.h"
#include "tools/bench/control/crowd.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

constexpr uint32_t kEchoingEvery = 4;
constexpr auto kPause = std::chrono::milliseconds(10);
constexpr auto kSettle = std::chrono::seconds(1);
constexpr auto kDeadline = std::chrono::seconds(10);

// Fails unless the connection ended with a close handshake.
void Interrupt(ControlStub& stub, const std::string& id) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  control::v1::InterruptConnectionRequest request;
  request.set_connection_id(id);
  control::v1::InterruptConnectionResponse response;
  const grpc::Status status = stub.InterruptConnection(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("InterruptConnection: " + status.error_message());
  if (response.outcome() != control::v1::INTERRUPT_OUTCOME_CLOSED_CLEAN) {
    throw std::runtime_error("InterruptConnection: " + response.ShortDebugString());
  }
}

}  // namespace

Report MeasureInterrupts(const ControlScenario& scenario, ControlStub& stub) {
  Crowd crowd({.target = scenario.target, .size = scenario.connections, .echoing = scenario.echoing});
  uint32_t next_echoing = 0;
  uint32_t next_idle = scenario.echoing;
  if (scenario.connections < scenario.echoing + 2 * scenario.repeats) {
    throw std::invalid_argument("too few connections for so many interrupts");
  }
  std::this_thread::sleep_for(kSettle);

  Histogram to_close_frame;
  Histogram to_answer;
  const uint64_t echoes_before = crowd.echoes();
  const int64_t begin = NowNanoseconds();
  for (uint32_t i = 0; i < scenario.repeats; ++i) {
    const bool echoing = i % kEchoingEvery == 0 && next_echoing < scenario.echoing;
    const uint32_t client = echoing ? next_echoing++ : next_idle++;
    const int64_t called = NowNanoseconds();
    Interrupt(stub, crowd.ids()[client]);
    to_answer.Record(NowNanoseconds() - called);
    const int64_t closed = crowd.CloseTime(client);
    if (closed == 0) throw std::runtime_error("no close frame came to " + crowd.ids()[client]);
    to_close_frame.Record(closed - called);
    if (echoing) crowd.StartEcho(next_idle++);
    std::this_thread::sleep_for(kPause);
  }
  const double seconds = static_cast<double>(NowNanoseconds() - begin) / 1e9;
  crowd.Check();

  Report report;
  report.Text("scenario", "interrupt")
      .Count("connections", scenario.connections)
      .Count("echoing", scenario.echoing)
      .Count("interrupts", to_answer.total())
      .Number("echo_rate", static_cast<double>(crowd.echoes() - echoes_before) / seconds)
      .Latency("close_frame", to_close_frame)
      .Latency("answer", to_answer);
  return report;
}

}  // namespace drawbridge::bench
