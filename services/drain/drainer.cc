#include "services/drain/drainer.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <exception>
#include <future>
#include <random>
#include <vector>

#include "gateway/connections/registry.h"

namespace drawbridge {
namespace {

constexpr size_t kPage = 1000;
// Time for the sessions to end their connections themselves at the end of the grace.
constexpr std::chrono::milliseconds kMargin{250};

std::vector<uint64_t> AllOf(const Registry& registry) {
  std::vector<uint64_t> all;
  all.reserve(registry.size());
  for (uint64_t after = 0;;) {
    const auto page = registry.Page(after, kPage);
    if (page.empty()) return all;
    for (const auto& connection : page) all.push_back(connection->info().sequence);
    after = all.back();
  }
}

}  // namespace

Drainer::Drainer(Gateway* gateway, const Clock* clock, std::function<void()> on_change)
    : gateway_(*gateway), clock_(*clock), on_change_(std::move(on_change)) {}

Drainer::~Drainer() {
  thread_.stop();
  thread_.join();
}

template <typename Work>
void Drainer::Post(Work work) {
  boost::asio::post(thread_, std::move(work));
}

bool Drainer::Drain(DrainPlan plan) {
  if (shutting_down_) return false;
  Post([this, plan = std::move(plan)]() mutable {
    if (!shutting_down_) Begin(std::move(plan));
  });
  return true;
}

std::string Drainer::Resume() {
  std::promise<std::string> answer;
  Post([&] { answer.set_value(TakeBack()); });
  return answer.get_future().get();
}

int64_t Drainer::Shutdown(DrainPlan plan) {
  std::promise<void> over;
  shutting_down_ = true;
  Post([this, plan = std::move(plan)]() mutable {
    Begin(std::move(plan));
    if (hastened_) EndNow();
  });
  WhenOver([&over] { over.set_value(); });
  over.get_future().wait();
  return told_;
}

void Drainer::Hasten() {
  Post([this] {
    hastened_ = true;
    EndNow();
  });
}

void Drainer::WhenBegun(std::function<void()> begun) { Post(std::move(begun)); }

uint64_t Drainer::WhenOver(std::function<void()> over) {
  const uint64_t handle = ++last_handle_;
  Post([this, handle, over = std::move(over)]() mutable {
    if (state_ != NodeState::kDraining) return over();
    waiting_.emplace(handle, std::move(over));
  });
  return handle;
}

void Drainer::Forget(uint64_t handle) {
  Post([this, handle] { waiting_.erase(handle); });
}

void Drainer::Begin(DrainPlan plan) {
  const SteadyTime now = clock_.Steady();
  const SteadyTime close_port = accepting_ ? now + plan.not_ready : now;
  Schedule next{
      .close_port = close_port, .last_close = close_port + plan.spread, .close = std::move(plan.close)};
  if (schedule_.has_value() && schedule_->end() <= next.end()) return;
  schedule_ = std::move(next);
  StartAnew();
  Become(NodeState::kDraining);
  Step();
}

// Brings the end of the drain in progress, if any, forward to now.
void Drainer::EndNow() {
  if (!schedule_.has_value()) return;
  DrainPlan now;
  now.close = schedule_->close;
  now.close.grace = std::chrono::nanoseconds(0);
  Begin(std::move(now));
}

// Continues the drain from its current phase. Runs again when the next action is due or the last client is
// gone.
void Drainer::Step() {
  if (!schedule_.has_value()) return;
  const SteadyTime now = clock_.Steady();
  if (now < schedule_->close_port) return StepAt(schedule_->close_port);
  if (accepting_) {
    gateway_.StopAccepting();
    accepting_ = false;
  }
  if (cut_.has_value() && now >= *cut_) gateway_.CutEveryone();
  if (close_ == nullptr && gateway_.registry().size() == 0) return Finish();
  CloseThoseDue(now);
}

void Drainer::CloseThoseDue(SteadyTime now) {
  if (close_ == nullptr) {
    auto all = AllOf(gateway_.registry());
    const auto interval = std::max(schedule_->last_close - now, std::chrono::nanoseconds(0)) /
                          static_cast<int64_t>(std::max<size_t>(all.size(), 1));
    close_ = std::make_unique<PacedClose>(gateway_.registry(), clock_, schedule_->close, std::move(all),
                                          Pace(interval, now, std::random_device()()),
                                          [this] { Post([this] { Step(); }); });
  }
  const auto next = close_->Work();
  told_ = told_before_ + close_->begun();
  if (next.has_value()) return StepAt(*next);
  if (!cut_.has_value()) cut_ = now + schedule_->close.grace + kMargin;
  if (!close_->done()) return StepAt(*cut_);
  // Repeats for clients that were between the HTTP request and the registry when the port was closed.
  StartAnew();
  Post([this] { Step(); });
}

void Drainer::StartAnew() {
  told_before_ = told_;
  close_.reset();
  cut_.reset();
}

// Replaces an earlier time.
void Drainer::StepAt(SteadyTime time) {
  timer_.expires_after(time - clock_.Steady());
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Step();
  });
}

void Drainer::Finish() {
  schedule_.reset();
  Become(NodeState::kDrained);
}

std::string Drainer::TakeBack() {
  if (shutting_down_) return "the node is shutting down";
  if (state_ == NodeState::kServing) return "";
  try {
    if (!accepting_) gateway_.ResumeAccepting();
  } catch (const std::exception& error) {
    return error.what();
  }
  accepting_ = true;
  schedule_.reset();
  timer_.cancel();
  told_ = 0;
  StartAnew();
  Become(NodeState::kServing);
  return "";
}

void Drainer::Become(NodeState state) {
  if (state_.exchange(state) != state) on_change_();
  if (state == NodeState::kDraining) return;
  for (const auto& [handle, over] : std::exchange(waiting_, {})) over();
}

}  // namespace drawbridge
