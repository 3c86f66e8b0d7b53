// Echoes at full speed or at a fixed rate. At full speed the loop is closed: each answer triggers the next
// message of its connection. A stall then also delays later messages, but counts in the latencies only once
// per message in flight. At a fixed rate every message has a due time, and its latency is measured from that
// time even if it is sent later.
#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include "tools/bench/load/fleet.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/pacer.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/scenario.h"
#include "tools/bench/load/window.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kStall = 30 * kSecond;  // the run fails after this time without an answer
constexpr int kOpenSeconds = 60;
constexpr size_t kPacedBatch = 16;

class EchoRun : public StayingListener {
 public:
  explicit EchoRun(const Scenario& scenario)
      : scenario_(scenario),
        traffic_(scenario.payload_size, scenario.text, Paced() ? kPacedBatch : scenario.in_flight),
        fleet_(scenario.target, traffic_, *this, scenario.connections, scenario.tls),
        due_(Paced() ? 0 : size_t{scenario.connections} * scenario.in_flight),
        window_(scenario.server) {
    if (Paced()) pacer_.emplace(fleet_, scenario.rate);
  }

  Report Run() {
    fleet_.OpenAll(kOpenSeconds);
    if (scenario_.messages != 0) {
      RunMessages();
    } else {
      RunSeconds();
    }
    return Describe();
  }

  void OnEchoes(Client& client, uint64_t first, uint64_t count, int64_t now) override;

 private:
  bool Paced() const { return scenario_.rate > 0; }

  void RunMessages() {
    quota_ = scenario_.messages / scenario_.connections;
    measuring_ = true;
    window_.Begin();
    Start();
    PollUntil(INT64_MAX, quota_ * scenario_.connections);
    window_.End();
  }

  void RunSeconds() {
    Start();
    PollFor(scenario_.warm_up_seconds);
    window_.Begin();
    measuring_ = true;
    PollFor(scenario_.seconds);
    measuring_ = false;
    window_.End();
    stopping_ = true;
    PollUntil(INT64_MAX, Queued());  // waits for the messages in flight
  }

  void Start() {
    start_ = last_answer_ = NowNanoseconds();
    if (Paced()) return pacer_->Start(start_);
    const uint64_t burst = std::min<uint64_t>(scenario_.in_flight, quota_);
    for (uint32_t i = 0; i < fleet_.size(); ++i) Send(fleet_.client(i), burst, start_);
  }

  void PollFor(double seconds) {
    PollUntil(NowNanoseconds() + static_cast<int64_t>(seconds * kSecond), UINT64_MAX);
  }

  // Polls until the time `end` or until `answers` messages were echoed.
  void PollUntil(int64_t end, uint64_t answers) {
    for (int64_t now = NowNanoseconds(); now < end && answers_ < answers; now = NowNanoseconds()) {
      if (now - last_answer_ > kStall) throw std::runtime_error("no answer for 30 seconds");
      fleet_.Poll(std::clamp<int64_t>(std::min(end, NextDue(now)) - now, 0, kSecond / 10));
    }
  }

  // In a paced run, sends the messages that are due and returns when the next one is due.
  int64_t NextDue(int64_t now) { return Paced() && !stopping_ ? pacer_->SendDue(now) : INT64_MAX; }

  // The start time for the latency of a client's message.
  int64_t& SentTime(const Client& client, uint64_t sequence) {
    return due_[client.index() * size_t{scenario_.in_flight} + sequence % scenario_.in_flight];
  }
  int64_t IntendedTime(const Client& client, uint64_t sequence) {
    if (Paced()) return pacer_->DueTime(client, sequence);
    return SentTime(client, sequence);
  }

  void Send(Client& client, uint64_t count, int64_t now) {
    for (uint64_t i = 0; i < count; ++i) SentTime(client, client.queued() + i) = now;
    client.SendMessages(count);
  }

  uint64_t Queued() {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < fleet_.size(); ++i) sum += fleet_.client(i).queued();
    return sum;
  }

  Report Describe() {
    Report report;
    report.Text("scenario", scenario_.name)
        .Text("loop", Paced() ? "paced" : "closed")
        .Text("opcode", scenario_.text ? "text" : "binary")
        .Count("connections", scenario_.connections)
        .Count("in_flight", Paced() ? 0 : scenario_.in_flight)
        .Count("payload_bytes", scenario_.payload_size)
        .Count("messages", latency_.total())
        .Count("verified_messages", answers_);
    window_.Describe(latency_.total(), "message", report);
    if (Paced()) report.Number("intended_rate", scenario_.rate);
    report.Latency("latency", latency_);
    return report;
  }

  const Scenario scenario_;
  const Traffic traffic_;
  Fleet fleet_;
  std::vector<int64_t> due_;    // per connection, a ring of the messages in flight
  std::optional<Pacer> pacer_;  // only in a paced run
  Window window_;
  Histogram latency_;
  uint64_t quota_ = UINT64_MAX;  // messages per connection
  uint64_t answers_ = 0;
  int64_t start_ = 0;
  int64_t last_answer_ = 0;
  bool measuring_ = false;
  bool stopping_ = false;
};

void EchoRun::OnEchoes(Client& client, uint64_t first, uint64_t count, int64_t now) {
  answers_ += count;
  last_answer_ = now;
  if (measuring_) {
    for (uint64_t i = 0; i < count; ++i) latency_.Record(now - IntendedTime(client, first + i));
  }
  if (Paced() || stopping_) return;
  const uint64_t more = std::min(count, quota_ - client.queued());
  if (more != 0) Send(client, more, now);
}

}  // namespace

Report RunEcho(const Scenario& scenario) { return EchoRun(scenario).Run(); }

}  // namespace drawbridge::bench
