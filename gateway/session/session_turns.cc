// Clients that compress: their input is handled in turns, since few bytes may inflate to many.
#include <memory>
#include <span>
#include <string>

#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// How much a client may inflate in one turn, or one message more: a few milliseconds of work.
constexpr size_t kTurnBytes = 256 * 1024;

}  // namespace

// One read may inflate to a thousand times its size. A bounded part is handled now. The rest waits until
// other clients have had their turn, and while the send queue is over its bound.
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
