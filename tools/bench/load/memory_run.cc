// Memory: how much an idle connection that has echoed one message adds to the server's resident set.
#include <stdexcept>

#include "tools/bench/load/fleet.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/scenario.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int kOpenSeconds = 120;

class MemoryRun : public StayingListener {
 public:
  explicit MemoryRun(const Scenario& scenario)
      : scenario_(scenario),
        traffic_(scenario.payload_size, scenario.text, 1),
        fleet_(scenario.target, traffic_, *this, scenario.connections, scenario.tls) {}

  Report Run() {
    const uint64_t before = ResidentBytes(scenario_.server);
    fleet_.OpenAll(kOpenSeconds);
    PollUntil(NowNanoseconds() + kOpenSeconds * kSecond, fleet_.size());
    if (echoes_ != fleet_.size()) throw std::runtime_error("not every connection received its echo");
    PollUntil(NowNanoseconds() + static_cast<int64_t>(scenario_.seconds * kSecond), UINT64_MAX);
    const uint64_t after = ResidentBytes(scenario_.server);
    const double growth = static_cast<double>(after) - static_cast<double>(before);
    Report report;
    report.Text("scenario", scenario_.name)
        .Count("connections", scenario_.connections)
        .Count("payload_bytes", scenario_.payload_size)
        .Count("resident_before", before)
        .Count("resident_after", after)
        .Number("bytes_per_connection", growth / fleet_.size());
    return report;
  }

  void OnOpen(Client& client) override { client.SendMessages(1); }
  void OnEchoes(Client&, uint64_t, uint64_t count, int64_t) override { echoes_ += count; }

 private:
  void PollUntil(int64_t end, uint64_t echoes) {
    while (NowNanoseconds() < end && echoes_ < echoes) fleet_.Poll(kSecond / 10);
  }

  const Scenario scenario_;
  const Traffic traffic_;
  Fleet fleet_;
  uint64_t echoes_ = 0;
};

}  // namespace

Report RunMemory(const Scenario& scenario) { return MemoryRun(scenario).Run(); }

}  // namespace drawbridge::bench
