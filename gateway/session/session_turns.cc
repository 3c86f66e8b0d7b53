// Clients that compress: what they send is handled in turns, since a little of it may be much to do.
#include <memory>
#include <span>
#include <string>

#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// What a client may have inflated at a stretch, or one message more: a few milliseconds' work.
constexpr size_t kTurnBytes = 256 * 1024;

}  // namespace

// One read may inflate to a thousand times its size. Of that, a bounded part is handled now; the rest waits
// until others have had their turn, and as long as the queue is over its bound.
void Session::HandleTurn(std::span<char> input) {
  size_t handled = 0;
  while (!deaf_ && phase_ != Phase::kEnded) {
    const auto event = engine_.Next(input);
    if (!event.has_value()) return;
    handled += event->payload.size();
    Handle(*event);
    if (thread_.write_buffer().view().size() > options_.send_queue_bytes) Flush();
    if (handled < kTurnBytes && !stalled_since_.has_value()) continue;
    if (input.empty() || phase_ == Phase::kEnded) continue;
    held_ = std::make_unique<std::string>(input.begin(), input.end());
    return PostTurn();
  }
  if (!input.empty()) may_send_more_ = true;
}

void Session::PostTurn() {
  thread_.Post([this] {
    ReceivePending();
    Settle();
  });
}

void Session::ResumeTurns() {
  if (phase_ == Phase::kEnded || !reading()) return;
  const auto held = std::move(held_);
  HandleTurn(*held);
  if (throttle_ != nullptr) Charge(0);
}

}  // namespace drawbridge
