// The crowd's thread polls at least every millisecond, so requests to it need no wake-up.
#include "tools/bench/control/crowd.h"

#include <stdexcept>

#include "gateway/base/time_slice.h"
#include "tools/bench/load/fleet.h"
#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1'000 * kMillisecond;
constexpr int kOpenSeconds = 120;
constexpr size_t kPayloadSize = 20;

}  // namespace

Crowd::Crowd(const sockaddr_in& target, uint32_t size, uint32_t echoing)
    : traffic_(kPayloadSize, /*text=*/false, 1), close_times_(size) {
  std::latch opened(1);
  thread_ = std::thread([&] { Run(target, size, echoing, opened); });
  opened.wait();
  if (!failed_) return;
  thread_.join();
  Check();
}

Crowd::~Crowd() {
  stop_ = true;
  thread_.join();
}

int64_t Crowd::CloseTime(uint32_t client) const {
  const int64_t deadline = NowNanoseconds() + kSecond;
  while (close_times_[client] == 0 && NowNanoseconds() < deadline) std::this_thread::yield();
  return close_times_[client];
}

void Crowd::StartEcho(uint32_t client) {
  const std::lock_guard lock(mutex_);
  to_start_.push_back(client);
}

void Crowd::Check() const {
  if (failed_) std::rethrow_exception(failure_);
}

void Crowd::Run(const sockaddr_in& target, uint32_t size, uint32_t echoing, std::latch& opened) {
  bool open = false;
  SetTimeSlice({});
  try {
    Fleet fleet(target, traffic_, *this, size);
    Open(fleet, echoing);
    opened.count_down();
    open = true;
    while (!stop_) {
      fleet.Poll(kMillisecond);
      StartRequested(fleet);
    }
  } catch (...) {
    failure_ = std::current_exception();
    failed_ = true;
    if (!open) opened.count_down();
  }
}

void Crowd::Open(Fleet& fleet, uint32_t echoing) {
  fleet.OpenAll(kOpenSeconds);
  for (uint32_t i = 0; i < fleet.size(); ++i) {
    ids_.push_back(fleet.client(i).connection_id());
    if (ids_.back().empty()) throw std::runtime_error("no X-Connection-Id in the response");
  }
  for (uint32_t i = 0; i < echoing; ++i) fleet.client(i).SendMessages(1);
}

void Crowd::StartRequested(Fleet& fleet) {
  const std::lock_guard lock(mutex_);
  for (const uint32_t client : to_start_) fleet.client(client).SendMessages(1);
  to_start_.clear();
}

void Crowd::OnEchoes(Client& client, uint64_t, uint64_t count, int64_t) {
  echoes_.fetch_add(count, std::memory_order_relaxed);
  if (!client.saw_close()) client.SendMessages(count);
}

void Crowd::OnCloseFrame(Client& client, uint16_t, int64_t now) { close_times_[client.index()] = now; }

void Crowd::OnGone(Client& client, int64_t) {
  if (!client.saw_close()) throw std::runtime_error("a connection was lost");
}

}  // namespace drawbridge::bench
