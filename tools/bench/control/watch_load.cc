// Measures the cost of a busy control plane for the message path: the server's CPU time per message,
// alternately without calls and with a client that lists, watches and filters in a loop.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "grpcpp/grpcpp.h"
#include "tools/bench/control/crowd.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

namespace v1 = control::v1;

constexpr auto kSettle = std::chrono::milliseconds(500);
constexpr auto kWindow = std::chrono::seconds(1);
constexpr auto kDeadline = std::chrono::seconds(10);

// The CPU time of each thread of the server in nanoseconds, by thread id.
std::map<std::string, uint64_t> CpuOfThreads(pid_t server) {
  std::map<std::string, uint64_t> threads;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(server) + "/task")) {
    std::ifstream(task.path() / "schedstat") >> threads[task.path().filename()];
  }
  return threads;
}

// Makes calls one after the other on its own thread until it is destroyed.
class Caller {
 public:
  explicit Caller(ControlStub& stub) : stub_(stub), thread_([this] { Run(); }) {}
  ~Caller() { Stop(); }

  // Ends the thread and throws if a call failed.
  void Check() {
    Stop();
    if (failure_) std::rethrow_exception(failure_);
    if (calls_ == 0) throw std::runtime_error("no call was answered");
  }
  uint64_t calls() const { return calls_; }
  uint64_t rows() const { return rows_; }

 private:
  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  void Run() try {
    while (!stop_) {
      List("");
      Watch("");
      List("path = \"/*\" AND received_messages > 0");
      Watch("tls = false");
    }
  } catch (...) {
    failure_ = std::current_exception();
  }

  void List(const std::string& filter) {
    v1::ListConnectionsRequest request;
    request.set_page_size(100);
    request.set_filter(filter);
    do {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + kDeadline);
      v1::ListConnectionsResponse page;
      const grpc::Status status = stub_.ListConnections(&context, request, &page);
      if (!status.ok()) throw std::runtime_error("ListConnections: " + status.error_message());
      ++calls_;
      rows_ += static_cast<uint64_t>(page.connections_size());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
  }

  // Reads the snapshot up to its bookmark.
  void Watch(const std::string& filter) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
    v1::WatchConnectionsRequest request;
    request.set_filter(filter);
    v1::WatchConnectionsResponse response;
    const auto reader = stub_.WatchConnections(&context, request);
    while (reader->Read(&response) && response.type() != v1::CONNECTION_EVENT_TYPE_BOOKMARK) ++rows_;
    if (response.type() != v1::CONNECTION_EVENT_TYPE_BOOKMARK) {
      throw std::runtime_error("WatchConnections: " + reader->Finish().error_message());
    }
    ++calls_;
    context.TryCancel();
    while (reader->Read(&response)) continue;
    [[maybe_unused]] const grpc::Status cancelled = reader->Finish();
  }

  ControlStub& stub_;
  std::atomic<bool> stop_ = false;
  std::atomic<uint64_t> calls_ = 0;
  std::atomic<uint64_t> rows_ = 0;
  std::exception_ptr failure_;  // written by the thread; read only after it is joined
  std::thread thread_;
};

// Sums over all windows of one kind, idle or busy.
struct Account {
  uint64_t messages = 0;
  uint64_t all_threads = 0;  // nanoseconds
  uint64_t io_thread = 0;

  double Whole() const { return static_cast<double>(all_threads) / static_cast<double>(messages); }
  double Io() const { return static_cast<double>(io_thread) / static_cast<double>(messages); }
};

class Windows {
 public:
  Windows(const Crowd& crowd, pid_t server) : crowd_(crowd), server_(server) {}

  void Measure(Account& account) {
    const auto before = CpuOfThreads(server_);
    const uint64_t messages = crowd_.echoes();
    std::this_thread::sleep_for(kWindow);
    account.messages += crowd_.echoes() - messages;
    std::map<std::string, uint64_t> used;
    for (const auto& [thread, total] : CpuOfThreads(server_)) {
      const auto found = before.find(thread);
      used[thread] = total - (found == before.end() ? 0 : found->second);
    }
    for (const auto& [thread, nanoseconds] : used) account.all_threads += nanoseconds;
    // In the first window the control plane is idle, so the busiest thread is the I/O thread.
    if (io_thread_.empty()) {
      io_thread_ = std::ranges::max_element(used, {}, [](const auto& each) { return each.second; })->first;
    }
    account.io_thread += used[io_thread_];
  }

 private:
  const Crowd& crowd_;
  const pid_t server_;
  std::string io_thread_;
};

}  // namespace

Report MeasureWatchLoad(const ControlScenario& scenario, ControlStub& stub) {
  if (scenario.server == 0) throw std::invalid_argument("--pid is needed");
  Crowd crowd({.target = scenario.target, .size = scenario.connections, .echoing = scenario.echoing});
  Windows windows(crowd, scenario.server);
  std::this_thread::sleep_for(kSettle);
  Account idle;
  Account busy;
  uint64_t calls = 0;
  uint64_t rows = 0;
  for (uint32_t i = 0; i < scenario.repeats; ++i) {
    windows.Measure(idle);
    Caller caller(stub);
    std::this_thread::sleep_for(kSettle);
    const uint64_t calls_before = caller.calls();
    const uint64_t rows_before = caller.rows();
    windows.Measure(busy);
    calls += caller.calls() - calls_before;
    rows += caller.rows() - rows_before;
    caller.Check();
  }
  crowd.Check();
  const double seconds = std::chrono::duration<double>(kWindow).count() * scenario.repeats;

  Report report;
  report.Text("scenario", "watch_load")
      .Count("connections", scenario.connections)
      .Number("calls_per_second", static_cast<double>(calls) / seconds)
      .Number("rows_per_second", static_cast<double>(rows) / seconds)
      .Number("echo_rate_idle", static_cast<double>(idle.messages) / seconds)
      .Number("echo_rate_busy", static_cast<double>(busy.messages) / seconds)
      .Number("io_cpu_ns_per_message_idle", idle.Io())
      .Number("io_cpu_ns_per_message_busy", busy.Io())
      .Number("io_cpu_growth", busy.Io() / idle.Io())
      .Number("whole_cpu_ns_per_message_idle", idle.Whole())
      .Number("whole_cpu_ns_per_message_busy", busy.Whole());
  return report;
}

}  // namespace drawbridge::bench
