// Accept: how a storm of new connections affects established clients, and how fast the new connections are
// accepted. The storm has its own thread with a lower priority and longer time slices, so that the
// established clients do not wait for the generator, which would be measured as latency of the server.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>

#include "gateway/base/time_slice.h"
#include "tools/bench/load/fleet.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/pacer.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/scenario.h"
#include "tools/bench/load/window.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int kOpenSeconds = 60;
constexpr uint32_t kEstablished = 200;
constexpr size_t kBatch = 16;
// Fewer than the listen backlog, so that no SYN is dropped and retransmitted a second later.
constexpr uint32_t kOpeningAtOnce = 2048;
constexpr int kNicer = 10;
constexpr std::chrono::microseconds kEstablishedSlice{500};

// The new connections, which send no messages.
class Newcomers final : private StayingListener {
 public:
  Newcomers(const sockaddr_in& target, const Traffic& traffic, uint32_t count)
      : fleet_(target, traffic, *this, count) {}

  // Opens all connections. Runs on its own thread.
  void Arrive() {
    try {
      SetTimeSlice({});
      setpriority(PRIO_PROCESS, gettid(), getpriority(PRIO_PROCESS, 0) + kNicer);
      fleet_.OpenAll(kOpenSeconds, kOpeningAtOnce);
    } catch (...) {
      failure_ = std::current_exception();
    }
    arrived_ = true;
  }

  bool arrived() const { return arrived_; }

  // Rethrows an exception of Arrive. Must be called after Arrive has returned.
  void Check() const {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }

 private:
  Fleet fleet_;
  std::exception_ptr failure_;
  std::atomic<bool> arrived_ = false;
};

class AcceptRun final : public StayingListener {
 public:
  explicit AcceptRun(const Scenario& scenario)
      : scenario_(scenario),
        traffic_(scenario.payload_size, scenario.text, kBatch),
        established_(scenario.target, traffic_, *this, kEstablished),
        pacer_(established_, scenario.rate),
        newcomers_(scenario.target, traffic_, scenario.connections),
        storm_(scenario.server) {}

  Report Run() {
    SetTimeSlice(kEstablishedSlice);
    established_.OpenAll(kOpenSeconds);
    pacer_.Start(NowNanoseconds());
    PollFor(scenario_.warm_up_seconds);
    latency_ = &before_;
    PollFor(scenario_.seconds);
    Storm();
    return Describe();
  }

  void OnEchoes(Client& client, uint64_t first, uint64_t count, int64_t now) override {
    if (latency_ == nullptr) return;
    for (uint64_t i = 0; i < count; ++i) latency_->Record(now - pacer_.DueTime(client, first + i));
  }

 private:
  void PollFor(double seconds) {
    const int64_t end = NowNanoseconds() + static_cast<int64_t>(seconds * kSecond);
    for (int64_t now = NowNanoseconds(); now < end; now = NowNanoseconds()) PollOnce(now, end);
  }

  void PollOnce(int64_t now, int64_t end) {
    const int64_t due = pacer_.SendDue(now);
    established_.Poll(std::clamp<int64_t>(std::min(end, due) - now, 0, kSecond / 10));
  }

  // A message that is due during the storm counts as during, even if its echo arrives later.
  void Storm() {
    latency_ = &during_;
    storm_.Begin();
    std::thread thread([this] { newcomers_.Arrive(); });
    try {
      while (!newcomers_.arrived()) PollOnce(NowNanoseconds(), INT64_MAX);
    } catch (...) {
      thread.join();
      throw;
    }
    storm_.End();
    thread.join();
    newcomers_.Check();
    while (!AllBack()) established_.Poll(kSecond / 10);
  }

  bool AllBack() {
    for (uint32_t i = 0; i < kEstablished; ++i) {
      if (established_.client(i).received() != established_.client(i).queued()) return false;
    }
    return true;
  }

  Report Describe() const {
    Report report;
    report.Text("scenario", scenario_.name)
        .Count("connections", scenario_.connections)
        .Count("established", kEstablished)
        .Number("intended_rate", scenario_.rate)
        .Count("messages_during", during_.total());
    storm_.Describe(scenario_.connections, "connection", report);
    report.Latency("before", before_).Latency("during", during_);
    return report;
  }

  const Scenario scenario_;
  const Traffic traffic_;
  Fleet established_;
  Pacer pacer_;
  Newcomers newcomers_;
  Window storm_;
  Histogram before_;
  Histogram during_;
  Histogram* latency_ = nullptr;  // null: warming up
};

}  // namespace

Report RunAccept(const Scenario& scenario) { return AcceptRun(scenario).Run(); }

}  // namespace drawbridge::bench
