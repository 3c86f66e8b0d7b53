// S6: the cost of a connection that connects, upgrades, and closes with a close handshake. The client resets
// the TCP connection once the server has closed, so that TIME_WAIT does not exhaust the ports on either side.
#include <stdexcept>
#include <vector>

#include "tools/bench/load/fleet.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/scenario.h"
#include "tools/bench/load/window.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kStall = 30 * kSecond;
constexpr uint16_t kNormalClosure = 1000;

class CycleRun : public ClientListener {
 public:
  explicit CycleRun(const Scenario& scenario)
      : scenario_(scenario),
        traffic_(0, scenario.text, 1),
        fleet_(scenario.target, traffic_, *this, scenario.connections),
        begun_(scenario.connections),
        window_(scenario.server) {}

  Report Run() {
    quota_ = scenario_.messages == 0 ? UINT64_MAX : scenario_.messages;
    const bool timed = scenario_.messages == 0;
    last_end_ = NowNanoseconds();
    if (!timed) Measure();
    for (uint32_t i = 0; i < fleet_.size(); ++i) Begin(i);
    if (timed) {
      PollUntil(NowNanoseconds() + Nanoseconds(scenario_.warm_up_seconds));
      Measure();
    }
    PollUntil(timed ? NowNanoseconds() + Nanoseconds(scenario_.seconds) : INT64_MAX);
    window_.End();
    return Describe();
  }

  void OnOpen(Client& client) override { client.SendClose(kNormalClosure); }
  void OnEchoes(Client&, uint64_t, uint64_t, int64_t) override {}
  void OnCloseFrame(Client&, uint16_t code, int64_t) override {
    if (code != kNormalClosure) throw std::runtime_error("closed with another code");
  }
  void OnGone(Client& client, int64_t now) override {
    if (!client.saw_close()) throw std::runtime_error("a connection was lost");
    ended_.push_back(client.index());
    last_end_ = now;
    ++cycles_;
    if (measuring_) latency_.Record(now - begun_[client.index()]);
  }

 private:
  static int64_t Nanoseconds(double seconds) { return static_cast<int64_t>(seconds * kSecond); }

  void Measure() {
    window_.Begin();
    measuring_ = true;
  }

  void Begin(uint32_t index) {
    if (started_ == quota_) return;
    ++started_;
    begun_[index] = NowNanoseconds();
    fleet_.Connect(index);
  }

  void PollUntil(int64_t end) {
    for (int64_t now = NowNanoseconds(); now < end && cycles_ < quota_; now = NowNanoseconds()) {
      if (now - last_end_ > kStall) throw std::runtime_error("no connection ended for 30 seconds");
      fleet_.Poll(kSecond / 10);
      for (const uint32_t index : ended_) Begin(index);
      ended_.clear();
    }
  }

  Report Describe() const {
    Report report;
    report.Text("scenario", scenario_.name)
        .Text("loop", "closed")
        .Count("connections", scenario_.connections)
        .Count("messages", latency_.total());
    window_.Describe(latency_.total(), "message", report);
    report.Latency("latency", latency_);
    return report;
  }

  const Scenario scenario_;
  const Traffic traffic_;
  Fleet fleet_;
  std::vector<int64_t> begun_;   // by client
  std::vector<uint32_t> ended_;  // clients to reconnect after this round of events
  Window window_;
  Histogram latency_;
  uint64_t quota_ = UINT64_MAX;  // total number of cycles
  uint64_t started_ = 0;
  uint64_t cycles_ = 0;
  int64_t last_end_ = 0;
  bool measuring_ = false;
};

}  // namespace

Report RunCycles(const Scenario& scenario) { return CycleRun(scenario).Run(); }

}  // namespace drawbridge::bench
