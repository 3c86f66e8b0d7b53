// Broadcasts one after the other. Measures the time until the last client has received each.
#include <chrono>
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

constexpr size_t kPayloadSize = 125;
constexpr auto kPause = std::chrono::milliseconds(100);
constexpr auto kDeadline = std::chrono::seconds(10);

void Broadcast(ControlStub& stub, std::string_view payload, int64_t expected) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  control::v1::BroadcastMessageRequest request;
  request.set_filter("*");
  request.mutable_message()->set_binary(std::string(payload));
  control::v1::BroadcastMessageResponse response;
  const grpc::Status status = stub.BroadcastMessage(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("BroadcastMessage: " + status.error_message());
  if (response.queued_count() != expected)
    throw std::runtime_error("BroadcastMessage: " + response.ShortDebugString());
}

void WaitForMessages(const Crowd& crowd, uint64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (crowd.messages() < count) {
    crowd.Check();
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("not all clients received it");
    // No busy waiting: the crowd's thread runs on the same core.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

Report MeasureBroadcast(const ControlScenario& scenario, ControlStub& stub) {
  const Traffic traffic(kPayloadSize, /*text=*/false, 1, /*ring=*/1);
  Crowd crowd({.target = scenario.target, .size = scenario.connections, .traffic = traffic, .naps = true});
  Histogram to_last_client;
  Histogram to_answer;
  Window window(scenario.server);
  window.Begin();
  for (uint32_t i = 1; i <= scenario.repeats; ++i) {
    crowd.ExpectMessages(1);
    std::this_thread::sleep_for(kPause);
    const int64_t called = NowNanoseconds();
    Broadcast(stub, traffic.Payload(0), scenario.connections);
    to_answer.Record(NowNanoseconds() - called);
    WaitForMessages(crowd, uint64_t{i} * scenario.connections);
    to_last_client.Record(crowd.last_message_time() - called);
  }
  window.End();
  crowd.Check();

  Report report;
  report.Text("scenario", scenario.name)
      .Count("connections", scenario.connections)
      .Count("payload_bytes", kPayloadSize)
      .Count("broadcasts", scenario.repeats);
  window.Describe(crowd.messages(), "message", report);
  report.Latency("last_client", to_last_client).Latency("answer", to_answer);
  return report;
}

}  // namespace drawbridge::bench
