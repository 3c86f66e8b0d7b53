#include "gateway/identity/token_checker.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/identity/quoted.h"
#include "gateway/identity/token_rules.h"
#include "gateway/identity/token_verifier.h"

namespace drawbridge {
namespace {

// The niceness of the worker: where all cores are busy, connected clients come first. It still gets a third
// of the time of an I/O thread, so that new clients are admitted.
constexpr int kNiceness = 5;

}  // namespace

struct TokenChecker::Waiting {
  Job job;
  bool has_waited = false;  // for a newer key set; it waits once
};

struct TokenChecker::Queue {
  std::mutex mu;
  std::condition_variable changed;
  std::deque<Waiting> ready;
  std::vector<Waiting> for_keys;  // wait for the end of a fetch
  bool stopped = false;

  // A fetch has ended.
  void Ring() {
    {
      const std::lock_guard lock(mu);
      if (stopped) return;
      std::ranges::move(for_keys, std::back_inserter(ready));
      for_keys.clear();
    }
    changed.notify_all();
  }

  // nullopt: stopped.
  std::optional<Waiting> Pop() {
    std::unique_lock lock(mu);
    changed.wait(lock, [this] { return stopped || !ready.empty(); });
    if (stopped) return std::nullopt;
    std::optional<Waiting> first(std::move(ready.front()));
    ready.pop_front();
    return first;
  }
};

TokenChecker::TokenChecker(KeySource* keys, const Clock* clock, size_t max_waiting)
    : keys_(*keys), clock_(*clock), max_waiting_(max_waiting), queue_(std::make_shared<Queue>()) {
  keys->OnSettled([queue = queue_] { queue->Ring(); });
  worker_ = std::thread([this] {
    ::setpriority(PRIO_PROCESS, 0, kNiceness);  // in Linux: of this thread
    Run();
  });
}

TokenChecker::~TokenChecker() {
  std::deque<Waiting> ready;
  std::vector<Waiting> for_keys;
  {
    const std::lock_guard lock(queue_->mu);
    queue_->stopped = true;
    ready.swap(queue_->ready);  // destroyed after the lock is released: they own callbacks
    for_keys.swap(queue_->for_keys);
  }
  queue_->changed.notify_all();
  worker_.join();
}

IdentityPointer TokenChecker::FindVerified(std::string_view token, const TokenRules& rules) {
  const auto keys = keys_.keys();
  if (keys == nullptr) return nullptr;
  auto identity = cache_.Find(DigestOf(token), {.keys = keys->generation, .rules = &rules}, clock_.Wall());
  if (identity != nullptr) counters_.cached.fetch_add(1, std::memory_order_relaxed);
  return identity;
}

bool TokenChecker::Submit(Job job) {
  {
    const std::lock_guard lock(queue_->mu);
    if (queue_->ready.size() + queue_->for_keys.size() < max_waiting_) {
      queue_->ready.push_back({.job = std::move(job)});
      queue_->changed.notify_one();
      return true;
    }
  }
  counters_.busy.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void TokenChecker::Run() {
  while (auto next = queue_->Pop()) {
    if (!next->job.abandoned->load(std::memory_order_relaxed)) Check(*std::move(next));
  }
}

void TokenChecker::Check(Waiting waiting) {
  const uint64_t settled = keys_.settled();  // before the keys are read
  const auto keys = keys_.keys();
  TokenCheck check;
  if (keys != nullptr) check = Judge(waiting.job, *keys);
  const bool needs_newer =
      keys == nullptr || (check.refusal.has_value() && check.refusal->may_need_newer_keys);
  if (!needs_newer || std::exchange(waiting.has_waited, true)) return Finish(waiting.job, std::move(check));
  // Also where no further fetch may begin, one may have ended meanwhile.
  if (!keys_.Request() && keys_.settled() == settled) return Finish(waiting.job, std::move(check));
  const std::lock_guard lock(queue_->mu);
  if (queue_->stopped) return;
  // Ring has been called already if the fetch has ended meanwhile.
  if (keys_.settled() == settled) {
    queue_->for_keys.push_back(std::move(waiting));
  } else {
    queue_->ready.push_back(std::move(waiting));
  }
}

TokenCheck TokenChecker::Judge(const Job& job, const Keys& keys) {
  const WallTime now = clock_.Wall();
  auto verified = Verify(job.token, keys.set, *job.rules, now);
  if (auto* const refusal = std::get_if<TokenRefusal>(&verified)) return {.refusal = std::move(*refusal)};
  auto identity = IdentityOf(std::get<Claims>(verified), *job.rules, now);
  cache_.Insert(DigestOf(job.token), {.keys = keys.generation, .rules = job.rules}, identity);
  if (job.principal.has_value() && identity->principal != *job.principal) {
    return {.refusal = TokenRefusal{
                .rule = TokenRule::kPrincipal,
                .text = fmt::format("the principal of the token is {}: must be {}",
                                    QuotedForHeader(identity->principal), QuotedForHeader(*job.principal))}};
  }
  return {.identity = std::move(identity)};
}

void TokenChecker::Finish(const Job& job, TokenCheck check) {
  if (check.identity != nullptr) {
    counters_.verified.fetch_add(1, std::memory_order_relaxed);
  } else if (check.refusal.has_value()) {
    counters_.refusals[static_cast<size_t>(check.refusal->rule)].fetch_add(1, std::memory_order_relaxed);
  } else {
    counters_.no_keys.fetch_add(1, std::memory_order_relaxed);
  }
  job.done(std::move(check));
}

size_t TokenChecker::waiting() const {
  const std::lock_guard lock(queue_->mu);
  return queue_->ready.size() + queue_->for_keys.size();
}

TokenCounts TokenChecker::counts() const {
  TokenCounts counts{.cached = counters_.cached.load(std::memory_order_relaxed),
                     .verified = counters_.verified.load(std::memory_order_relaxed),
                     .no_keys = counters_.no_keys.load(std::memory_order_relaxed),
                     .busy = counters_.busy.load(std::memory_order_relaxed),
                     .missing = counters_.missing.load(std::memory_order_relaxed),
                     .malformed = counters_.malformed.load(std::memory_order_relaxed)};
  for (size_t i = 0; i < kTokenRuleCount; ++i) {
    counts.refusals[i] = counters_.refusals[i].load(std::memory_order_relaxed);
    counts.refused += counts.refusals[i];
  }
  return counts;
}

}  // namespace drawbridge
