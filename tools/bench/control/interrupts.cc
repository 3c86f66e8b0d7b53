// Interrupts connections one after the other. Measures the latency of a call, not the throughput.
//
// The interrupted clients have their own thread with short time slices. The clients that echo at full speed
// share another thread that is always busy. On that thread a close frame would wait until the other clients
// are served, and real clients do not share a thread.
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

// Throws unless the connection ends with a close handshake.
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

// Waits until one of the clients has received one more echo.
void AwaitEcho(const Crowd& crowd) {
  const uint64_t before = crowd.echoes();
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (crowd.echoes() == before) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("no echo received");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

Report MeasureInterrupts(const ControlScenario& scenario, ControlStub& stub) {
  if (scenario.connections < scenario.echoing + scenario.repeats) {
    throw std::invalid_argument("too few connections for so many interrupts");
  }
  Crowd crowd({.target = scenario.target,
               .size = scenario.connections - scenario.repeats,
               .echoing = scenario.echoing});
  Crowd interrupted({.target = scenario.target, .size = scenario.repeats, .prompt = true});
  std::this_thread::sleep_for(kSettle);

  Histogram to_close_frame;
  Histogram to_answer;
  const uint64_t echoes_before = crowd.echoes();
  const int64_t begin = NowNanoseconds();
  for (uint32_t client = 0; client < scenario.repeats; ++client) {
    if (client % kEchoingEvery == 0) {
      interrupted.StartEcho(client);
      AwaitEcho(interrupted);
    }
    const int64_t called = NowNanoseconds();
    Interrupt(stub, interrupted.ids()[client]);
    to_answer.Record(NowNanoseconds() - called);
    const int64_t closed = interrupted.CloseTime(client);
    if (closed == 0) throw std::runtime_error("no close frame received by " + interrupted.ids()[client]);
    to_close_frame.Record(closed - called);
    std::this_thread::sleep_for(kPause);
  }
  const double seconds = static_cast<double>(NowNanoseconds() - begin) / 1e9;
  crowd.Check();
  interrupted.Check();

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
