// Drains a node with many clients over a given time.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tools/bench/control/buckets.h"
#include "tools/bench/control/crowd.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

constexpr auto kDeadline = std::chrono::seconds(120);
constexpr int64_t kBucket = 1'000'000'000;  // ns

// Throws unless all connections get a close frame and end.
void Drain(control::v1::NodeService::Stub& stub, uint32_t seconds, int64_t expected) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  control::v1::DrainNodeRequest request;
  request.mutable_spread()->set_seconds(seconds);
  const auto reader = stub.DrainNode(&context, request);
  control::v1::DrainNodeResponse response;
  control::v1::DrainNodeResponse last;
  while (reader->Read(&response)) last = response;
  const grpc::Status status = reader->Finish();
  if (!status.ok()) throw std::runtime_error("DrainNode: " + status.error_message());
  if (!last.done() || last.closed_count() != expected || last.remaining_count() != 0) {
    throw std::runtime_error("DrainNode: " + last.ShortDebugString());
  }
}

}  // namespace

Report MeasureDrain(const ControlScenario& scenario, ControlStub&) {
  Crowd crowd({.target = scenario.target, .size = scenario.connections});
  const auto nodes = control::v1::NodeService::NewStub(
      grpc::CreateChannel(std::string(scenario.control), grpc::InsecureChannelCredentials()));
  const int64_t called = NowNanoseconds();
  Drain(*nodes, scenario.repeats, scenario.connections);
  const int64_t answered = NowNanoseconds();
  std::vector<int64_t> times;
  for (uint32_t i = 0; i < scenario.connections; ++i) {
    times.push_back(crowd.CloseTime(i));
    if (times.back() == 0) throw std::runtime_error("no close frame received by " + crowd.ids()[i]);
  }
  crowd.Check();
  Report report;
  report.Text("scenario", scenario.name)
      .Count("connections", scenario.connections)
      .Count("spread_s", scenario.repeats)
      .Number("last_close_frame_ms", static_cast<double>(std::ranges::max(times) - called) / 1e6)
      .Number("done_ms", static_cast<double>(answered - called) / 1e6)
      .Number("fullest_bucket", FullestBucket(times, kBucket));
  return report;
}

}  // namespace drawbridge::bench
