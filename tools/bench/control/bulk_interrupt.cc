// Interrupts all clients except a few, as fast as possible or at a rate. The remaining clients measure the
// effect on other connections.
#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "tools/bench/control/buckets.h"
#include "tools/bench/control/crowd.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

constexpr auto kSettle = std::chrono::seconds(1);
constexpr auto kDeadline = std::chrono::seconds(60);
constexpr int64_t kBucket = 200'000'000;  // ns

// Labels a connection so that the bulk interrupt skips it.
void Keep(ControlStub& stub, const std::string& id) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  control::v1::UpdateConnectionRequest request;
  request.mutable_connection()->set_connection_id(id);
  (*request.mutable_connection()->mutable_labels())["keep"] = "yes";
  request.mutable_update_mask()->add_paths("labels");
  control::v1::UpdateConnectionResponse response;
  const grpc::Status status = stub.UpdateConnection(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("UpdateConnection: " + status.error_message());
}

// Throws unless `expected` connections end with a close handshake.
void InterruptOthers(ControlStub& stub, int32_t rate, int64_t expected) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  control::v1::InterruptConnectionsRequest request;
  request.set_filter("NOT labels.keep = yes");
  request.set_rate_per_second(rate);
  const auto reader = stub.InterruptConnections(&context, request);
  control::v1::InterruptConnectionsResponse response;
  control::v1::InterruptConnectionsResponse last;
  while (reader->Read(&response)) last = response;
  const grpc::Status status = reader->Finish();
  if (!status.ok()) throw std::runtime_error("InterruptConnections: " + status.error_message());
  if (!last.done() || last.matched_count() != expected || last.closed_clean_count() != expected) {
    throw std::runtime_error("InterruptConnections: " + last.ShortDebugString());
  }
}

}  // namespace

Report MeasureBulkInterrupt(const ControlScenario& scenario, ControlStub& stub) {
  Crowd crowd({.target = scenario.target, .size = scenario.connections, .echoing = scenario.echoing});
  for (uint32_t i = 0; i < scenario.echoing; ++i) Keep(stub, crowd.ids()[i]);
  crowd.TakeLongestSilence();
  std::this_thread::sleep_for(kSettle);
  const int64_t silence_before = crowd.TakeLongestSilence();

  const int64_t called = NowNanoseconds();
  InterruptOthers(stub, scenario.rate, scenario.connections - scenario.echoing);
  const int64_t answered = NowNanoseconds();
  const int64_t silence_during = crowd.TakeLongestSilence();
  std::vector<int64_t> times;
  for (uint32_t i = scenario.echoing; i < scenario.connections; ++i) {
    times.push_back(crowd.CloseTime(i));
    if (times.back() == 0) throw std::runtime_error("no close frame received by " + crowd.ids()[i]);
  }
  for (uint32_t i = 0; i < scenario.echoing; ++i) {
    if (crowd.CloseTimeSoFar(i) != 0) throw std::runtime_error("wrongly closed: " + crowd.ids()[i]);
  }
  crowd.Check();

  Report report;
  report.Text("scenario", scenario.name)
      .Count("connections", scenario.connections - scenario.echoing)
      .Count("echoing", scenario.echoing)
      .Number("rate_asked", scenario.rate)
      .Number("first_close_frame_ms", static_cast<double>(std::ranges::min(times) - called) / 1e6)
      .Number("last_close_frame_ms", static_cast<double>(std::ranges::max(times) - called) / 1e6)
      .Number("done_ms", static_cast<double>(answered - called) / 1e6)
      .Number("fullest_bucket", FullestBucket(times, kBucket))
      .Number("echo_silence_before_ms", static_cast<double>(silence_before) / 1e6)
      .Number("echo_silence_during_ms", static_cast<double>(silence_during) / 1e6);
  return report;
}

}  // namespace drawbridge::bench
