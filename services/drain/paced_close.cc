#include "services/drain/paced_close.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace drawbridge {
namespace {

constexpr size_t kEndedAtOnce = 1024;  // looked at in one part of the work

// So many may be ending at once: the work of an I/O thread for some ten milliseconds, which other sessions
// may have to wait. Peers that take their time to answer do not hold up the rest: they are counted for no
// longer than this, which comes to 10,000 a second at least.
constexpr size_t kUnderWay = 256;
constexpr std::chrono::milliseconds kUnderWayFor{25};
// Between two parts of the work, where the next is not due or has to wait for the I/O threads.
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
      ++already_closed_;  // and takes nobody's turn
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
