// Burst: how much memory the server returns after many clients with large messages have left.
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "tools/bench/load/fleet.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/scenario.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int kOpenSeconds = 120;
constexpr uint32_t kSmall = 500;
constexpr int kSmallRounds = 20;

class BurstRun final : public StayingListener {
 public:
  explicit BurstRun(const Scenario& scenario)
      : scenario_(scenario), traffic_(scenario.payload_size, scenario.text, 1) {}

  // The idle level is measured after 10,000 clients have connected and left, 500 at a time and each with one
  // message of the same size. So what a server stores about past clients is included both before and after
  // the burst.
  Report Run() {
    const uint64_t start = ResidentBytes(scenario_.server);
    for (int i = 0; i < kSmallRounds; ++i) ComeAndGo(kSmall, 1);
    Wait();
    const uint64_t idle = ResidentBytes(scenario_.server);
    peak_ = 0;
    ComeAndGo(scenario_.connections, scenario_.in_flight);
    Wait();
    const uint64_t after = ResidentBytes(scenario_.server);
    Report report;
    report.Text("scenario", scenario_.name)
        .Count("connections", scenario_.connections)
        .Count("payload_bytes", scenario_.payload_size)
        .Count("verified_messages", echoes_)
        .Count("resident_start", start)
        .Count("resident_idle", idle)
        .Count("resident_peak", peak_)
        .Count("resident_after", after)
        .Number("seconds_between", scenario_.seconds)
        .Number("after_to_idle", static_cast<double>(after) / static_cast<double>(idle));
    return report;
  }

  void OnEchoes(Client&, uint64_t, uint64_t count, int64_t) override { echoes_ += count; }

 private:
  // Opens `clients` connections, sends all messages at once, waits for every echo, and resets all
  // connections.
  void ComeAndGo(uint32_t clients, uint64_t messages) {
    Fleet fleet(scenario_.target, traffic_, *this, clients);
    fleet.OpenAll(kOpenSeconds);
    const uint64_t expected = echoes_ + clients * messages;
    for (uint32_t i = 0; i < clients; ++i) fleet.client(i).SendMessages(messages);
    const int64_t deadline = NowNanoseconds() + kOpenSeconds * kSecond;
    while (echoes_ < expected) {
      fleet.Poll(kSecond / 10);
      Watch();
      if (NowNanoseconds() > deadline) throw std::runtime_error("not every message was echoed");
    }
  }

  void Watch() {
    const int64_t now = NowNanoseconds();
    if (now < next_watch_) return;
    next_watch_ = now + kSecond / 20;
    peak_ = std::max(peak_, ResidentBytes(scenario_.server));
  }

  // Gives the server time to return memory while no client is connected.
  void Wait() const { std::this_thread::sleep_for(std::chrono::duration<double>(scenario_.seconds)); }

  const Scenario scenario_;
  const Traffic traffic_;
  uint64_t echoes_ = 0;
  uint64_t peak_ = 0;
  int64_t next_watch_ = 0;
};

}  // namespace

Report RunBurst(const Scenario& scenario) { return BurstRun(scenario).Run(); }

}  // namespace drawbridge::bench
