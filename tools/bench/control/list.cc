// Lists all connections page by page, repeatedly.
#include <chrono>
#include <stdexcept>
#include <string>
#include <unordered_set>

#include "grpcpp/grpcpp.h"
#include "tools/bench/control/crowd.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

constexpr int kPageSize = 1000;
constexpr auto kDeadline = std::chrono::seconds(10);

control::v1::ListConnectionsResponse ListPage(ControlStub& stub, const std::string& page_token) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  control::v1::ListConnectionsRequest request;
  request.set_page_size(kPageSize);
  request.set_page_token(page_token);
  control::v1::ListConnectionsResponse response;
  const grpc::Status status = stub.ListConnections(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("ListConnections: " + status.error_message());
  return response;
}

// Reads all pages and returns the listed ids. Only full pages count for the latency.
std::unordered_set<std::string> Walk(ControlStub& stub, Histogram& latency, uint64_t& page_bytes) {
  std::unordered_set<std::string> seen;
  std::string page_token;
  do {
    const int64_t called = NowNanoseconds();
    const control::v1::ListConnectionsResponse page = ListPage(stub, page_token);
    if (page.connections_size() == kPageSize) {
      latency.Record(NowNanoseconds() - called);
      page_bytes = page.ByteSizeLong();
    }
    for (const control::v1::Connection& connection : page.connections()) {
      if (!seen.insert(connection.connection_id()).second) throw std::runtime_error("listed twice");
    }
    page_token = page.next_page_token();
  } while (!page_token.empty());
  return seen;
}

}  // namespace

Report MeasureList(const ControlScenario& scenario, ControlStub& stub) {
  Crowd crowd({.target = scenario.target, .size = scenario.connections, .echoing = scenario.echoing});
  Histogram page_latency;
  Histogram walk_latency;
  uint64_t page_bytes = 0;
  for (uint32_t i = 0; i < scenario.repeats; ++i) {
    const int64_t begin = NowNanoseconds();
    const std::unordered_set<std::string> seen = Walk(stub, page_latency, page_bytes);
    walk_latency.Record(NowNanoseconds() - begin);
    for (const std::string& id : crowd.ids()) {
      if (!seen.contains(id)) throw std::runtime_error("not listed: " + id);
    }
    if (seen.size() != crowd.ids().size()) throw std::runtime_error("listed, but not connected");
  }
  crowd.Check();

  Report report;
  report.Text("scenario", "list")
      .Count("connections", scenario.connections)
      .Count("echoing", scenario.echoing)
      .Count("pages", page_latency.total())
      .Count("page_bytes", page_bytes)
      .Latency("page", page_latency)
      .Latency("walk", walk_latency);
  return report;
}

}  // namespace drawbridge::bench
