#include "gateway/identity/key_source.h"

#include <fmt/format.h>
#include <spdlog/common.h>

#include <vector>

#include "gateway/base/log.h"

namespace drawbridge {
namespace {

void LogSkipped(const std::string& source, const KeySet& set) {
  for (const SkippedKey& key : set.skipped()) {
    LogEvent(spdlog::level::info, "key skipped",
             {{"source", source}, {"index", key.index}, {"kid", key.key_id}, {"why", key.reason}});
  }
}

// One line for the whole set, since the same set may be read again and again.
std::string Unusable(const KeySet& set) {
  const std::vector<SkippedKey>& skipped = set.skipped();
  if (skipped.empty()) return "it has no keys";
  return fmt::format("none of its {} keys can verify tokens, such as key {}: {}", skipped.size(),
                     skipped.front().index, skipped.front().reason);
}

}  // namespace

KeySource::KeySource(std::string name, const Clock* clock) : name_(std::move(name)), clock_(clock) {}

std::shared_ptr<const Keys> KeySource::keys() const {
  const std::lock_guard lock(mu_);
  return keys_;
}

size_t KeySource::usable() const {
  const auto in_use = keys();
  return in_use == nullptr ? 0 : in_use->set.usable();
}

bool KeySource::is_fetched() const {
  const std::lock_guard lock(mu_);
  return schedule_.has_value();
}

std::optional<WallTime> KeySource::last_success() const {
  const std::lock_guard lock(mu_);
  return last_success_;
}

std::optional<std::string> KeySource::Take(std::string_view text) {
  {
    const std::lock_guard lock(mu_);
    if (keys_ != nullptr && text == text_) {
      last_success_ = clock_->Wall();
      return std::nullopt;
    }
  }
  auto parsed = KeySet::Parse(text);
  if (auto* const problem = std::get_if<std::string>(&parsed)) return std::move(*problem);
  auto& set = std::get<KeySet>(parsed);
  const size_t usable = set.usable();
  if (usable == 0) return Unusable(set);
  LogSkipped(name_, set);
  {
    const std::lock_guard lock(mu_);
    keys_ = std::make_shared<const Keys>(Keys{.set = std::move(set), .generation = ++last_generation_});
    text_ = text;
    last_success_ = clock_->Wall();
  }
  LogEvent(spdlog::level::info, "key set in use", {{"source", name_}, {"keys", usable}});
  return std::nullopt;
}

bool KeySource::Request() {
  {
    const std::lock_guard lock(mu_);
    if (!schedule_.has_value() || !schedule_->Request(clock_->Steady())) return false;
  }
  requested_.notify_all();
  return true;
}

void KeySource::StartFetching(std::function<double()> random) {
  const std::lock_guard lock(mu_);
  schedule_.emplace(clock_->Steady(), std::move(random));
}

bool KeySource::AwaitFetch(const std::stop_token& stop) {
  std::unique_lock lock(mu_);
  while (!stop.stop_requested()) {
    const SteadyTime now = clock_->Steady();
    if (now >= schedule_->due()) {
      schedule_->Begin(now);
      return true;
    }
    const SteadyTime due = schedule_->due();
    requested_.wait_for(lock, stop, due - now, [this, due] { return schedule_->due() != due; });
  }
  return false;
}

std::optional<std::string> KeySource::TakeAnswer(const Fetched& fetched) {
  if (const auto* const problem = std::get_if<std::string>(&fetched)) return *problem;
  return Take(std::get<Answer>(fetched).text);
}

void KeySource::EndFetch(const Fetched& fetched) {
  const auto problem = TakeAnswer(fetched);
  {
    const std::lock_guard lock(mu_);
    if (problem.has_value()) {
      schedule_->Fail(clock_->Steady());
    } else {
      schedule_->Succeed(clock_->Steady(), std::get<Answer>(fetched).max_age);
    }
  }
  if (problem.has_value()) {
    LogEvent(spdlog::level::warn,
             keys() == nullptr ? "key set cannot be fetched, clients with tokens get 503"
                               : "key set cannot be fetched, the last good one stays in use",
             {{"source", name_}, {"why", *problem}});
  }
  ++fetches_[problem.has_value() ? 0 : 1];
  ++settled_;
  listener_();
}

}  // namespace drawbridge
