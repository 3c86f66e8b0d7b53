// The crowd's thread polls at least once per millisecond, so requests to it need no wake-up.
#include "tools/bench/control/crowd.h"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "gateway/base/time_slice.h"
#include "tools/bench/load/fleet.h"
#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1'000 * kMillisecond;
constexpr int kOpenSeconds = 120;

}  // namespace

Crowd::Crowd(const Options& options)
    : options_(options), close_times_(options.size), last_echo_(options.size) {
  std::latch opened(1);
  thread_ = std::thread([&] { Run(opened); });
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
  Ask([this, client](Fleet& fleet) {
    last_echo_[client] = NowNanoseconds();
    fleet.client(client).SendMessages(1);
  });
}

void Crowd::ExpectMessages(uint64_t count) {
  std::latch done(1);
  Ask([&](Fleet& fleet) {
    for (uint32_t i = 0; i < fleet.size(); ++i) {
      if (last_echo_[i] == 0) fleet.client(i).Expect(count);
    }
    done.count_down();
  });
  done.wait();
}

void Crowd::Ask(std::function<void(Fleet&)> work) {
  Check();
  const std::lock_guard lock(mutex_);
  asked_.push_back(std::move(work));
}

void Crowd::Check() const {
  if (failed_) std::rethrow_exception(failure_);
}

void Crowd::Run(std::latch& opened) {
  bool open = false;
  if (!options_.prompt) SetTimeSlice({});
  try {
    Fleet fleet(options_.target, options_.traffic, *this, options_.size);
    Open(fleet);
    opened.count_down();
    open = true;
    while (!stop_) {
      Poll(fleet);
      DoAsked(fleet);
    }
  } catch (...) {
    failure_ = std::current_exception();
    failed_ = true;
    if (!open) opened.count_down();
  }
}

void Crowd::Poll(Fleet& fleet) const {
  if (!options_.naps) return fleet.Poll(kMillisecond);
  std::this_thread::sleep_for(std::chrono::nanoseconds(kMillisecond));
  fleet.Poll(0);
}

void Crowd::Open(Fleet& fleet) {
  fleet.OpenAll(kOpenSeconds);
  for (uint32_t i = 0; i < fleet.size(); ++i) {
    ids_.push_back(fleet.client(i).connection_id());
    if (ids_.back().empty()) throw std::runtime_error("no X-Connection-Id in the response");
  }
  for (uint32_t i = 0; i < options_.echoing; ++i) {
    last_echo_[i] = NowNanoseconds();
    fleet.client(i).SendMessages(1);
  }
}

void Crowd::DoAsked(Fleet& fleet) {
  std::vector<std::function<void(Fleet&)>> asked;
  {
    const std::lock_guard lock(mutex_);
    asked.swap(asked_);
  }
  for (const auto& work : asked) work(fleet);
}

void Crowd::OnEchoes(Client& client, uint64_t, uint64_t count, int64_t now) {
  int64_t& last_echo = last_echo_[client.index()];
  if (last_echo == 0) {
    last_message_time_.store(now, std::memory_order_relaxed);
    messages_.fetch_add(count, std::memory_order_release);
    return;
  }
  const int64_t silence = now - std::exchange(last_echo, now);
  if (silence > longest_silence_.load(std::memory_order_relaxed)) longest_silence_ = silence;
  echoes_.fetch_add(count, std::memory_order_relaxed);
  if (!client.saw_close()) client.SendMessages(count);
}

void Crowd::OnCloseFrame(Client& client, uint16_t, int64_t now) { close_times_[client.index()] = now; }

void Crowd::OnGone(Client& client, int64_t) {
  if (!client.saw_close()) throw std::runtime_error("a connection was lost");
}

}  // namespace drawbridge::bench
