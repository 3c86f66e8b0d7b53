#include "services/drain/paced_close.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace drawbridge {
namespace {

constexpr size_t kEndedAtOnce = 1024;  // connections examined in one call of Work

// The number of closes that may be in progress at once. They take an I/O thread some ten milliseconds, for
// which other sessions may have to wait.
constexpr size_t kUnderWay = 256;
// How long a close counts as in progress, so that slow peers do not delay the rest. This allows at least
// 10,000 closes per second.
constexpr std::chrono::milliseconds kUnderWayFor{25};
// The delay of the next call of Work if the next close is not due or must wait for the I/O threads.
constexpr std::chrono::milliseconds kPause{1};

}  // namespace

void PacedClose::Tally::Count(CloseOutcome outcome) {
  switch (outcome) {
    case CloseOutcome::kClean:
      ++clean;
      break;
    case CloseOutcome::kTimeout:
      ++timeout;
      break;
    case CloseOutcome::kAborted:
      ++aborted;
      break;
    case CloseOutcome::kRejected:
      ++rejected;
      break;
  }
  if (--awaited == 0) ended();
}

PacedClose::PacedClose(const Registry& registry, const Clock& clock, CloseRequest request,
                       std::vector<uint64_t> sequences, Pace pace, std::function<void()> ended)
    : registry_(registry),
      clock_(clock),
      request_(std::move(request)),
      sequences_(std::move(sequences)),
      pace_(pace) {
  tally_->ended = std::move(ended);
}

std::optional<SteadyTime> PacedClose::Work() {
  if (all_begun_) return std::nullopt;
  const SteadyTime now = clock_.Steady();
  std::erase_if(under_way_, [now](const Begun& each) {
    if (each.connection->state() == ConnectionState::kClosed) return true;
    return each.connection->close_arrived() && now - each.time > kUnderWayFor;
  });
  for (size_t i = 0; i < kEndedAtOnce && next_ < sequences_.size(); ++i) {
    auto connection = registry_.Find(registry_.node().ConnectionId(sequences_[next_]));
    if (connection == nullptr || connection->state() == ConnectionState::kClosed) {
      ++already_closed_;  // does not use up a slot of the pace
      ++next_;
      continue;
    }
    if (under_way_.size() == kUnderWay) return now + kPause;
    if (pace_.next() > now) return std::max(pace_.next(), now + kPause);
    pace_.Advance(now);
    ++next_;
    End(std::move(connection), now);
  }
  if (next_ < sequences_.size()) return now;
  all_begun_ = true;
  --tally_->awaited;
  return std::nullopt;
}

void PacedClose::End(std::shared_ptr<Connection> connection, SteadyTime now) {
  CloseRequest request = request_;
  request.accept_time = now;
  connection->Interrupt(std::move(request));
  ++begun_;
  ++tally_->awaited;
  connection->WhenClosed([tally = tally_](const CloseResult& result) { tally->Count(result.outcome); });
  under_way_.push_back({std::move(connection), now});
}

PacedClose::Counts PacedClose::counts() const {
  return {.clean = tally_->clean,
          .timeout = tally_->timeout,
          .aborted = tally_->aborted,
          .rejected = tally_->rejected,
          .already_closed = already_closed_};
}

}  // namespace drawbridge
