// Whether a client that says nothing still lives: pings, what counts as an answer, and how long one may take.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "gateway/base/sip_hash.h"
#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// For the close frame that a client gets which has not answered: it had its time, and a gone one has none.
constexpr std::chrono::seconds kGoodbye{1};

}  // namespace

// The interval is over, and the client lives.
void Session::PingOrGiveUp() {
  if (!IsStuck()) return SendPing();
  // It sends and takes nothing, not even the last ping, which another would only wait behind.
  if (thread_.now() >= pings_.last + options_.send_stall_timeout) {
    CloseRequest request(CloseCause::kTooSlow);
    request.drop_pending = true;
    return Close(std::move(request));
  }
  pings_.deadline =
      std::min(thread_.now() + options_.ping_interval, pings_.last + options_.send_stall_timeout);
}

// Whether nothing has left for the client since the last ping, although more waits than the kernel takes.
bool Session::IsStuck() const {
  return pings_.behind_messages && sending() &&
         static_cast<uint32_t>(TcpStateOf(link_.fd()).acknowledged) == pings_.acknowledged;
}

void Session::SendPing() {
  pings_.last = thread_.now();
  pings_.deadline = pings_.last + options_.pong_timeout;
  pings_.pong_pending = pings_.life_pending = true;
  const auto sent_messages = static_cast<uint16_t>(connection_->traffic().sent_messages.Get());
  pings_.behind_messages = sending() || sent_messages != pings_.sent_messages;
  pings_.sent_messages = sent_messages;
  if (pings_.behind_messages) {
    const TcpState tcp = TcpStateOf(link_.fd());
    pings_.acknowledged = static_cast<uint32_t>(tcp.acknowledged);
    const uint64_t queued = queue_ == nullptr ? 0 : queue_->bytes();
    pings_.messages_end = static_cast<uint32_t>(tcp.acknowledged + tcp.waiting + queued);
  }
  const uint64_t word = PingWord();
  AppendFrame(thread_.write_buffer(), Opcode::kPing, {reinterpret_cast<const char*>(&word), sizeof(word)});
}

// What the last ping carries. It tells nothing, neither of this host nor of another client.
uint64_t Session::PingWord() const {
  const auto sent = static_cast<uint64_t>(pings_.last.time_since_epoch().count());
  return SipHash(thread_.ping_key(), {sent, connection_->info().sequence});
}

void Session::HandlePong(std::string_view payload) {
  // A pong with another payload is allowed (RFC 6455, section 5.5.3). It is a sign of life, as all that comes
  // is, but does not tell how long the last ping took.
  const uint64_t word = PingWord();
  if (!pings_.pong_pending || payload.size() != sizeof(word) ||
      std::memcmp(payload.data(), &word, sizeof(word)) != 0) {
    return;
  }
  const auto round_trip = thread_.clock().Steady() - pings_.last;
  connection_->traffic().round_trip_nanoseconds.Set(static_cast<uint64_t>(round_trip.count()));
  thread_.counters().round_trips().Observe(round_trip);
  pings_.pong_pending = pings_.life_pending = false;
  pings_.deadline = pings_.last + options_.ping_interval;
  Arm();
}

// The time for a sign of life is over.
void Session::CheckLife() {
  const SteadyTime now = thread_.now();
  // Not of the last ping's own moment: what came then was sent before.
  if (last_receive_ > pings_.last && !pings_.by_tcp) {
    pings_.life_pending = false;
    pings_.deadline = pings_.last + options_.ping_interval;
    if (now >= pings_.deadline) PingOrGiveUp();
    return;
  }
  if (!reading()) {  // not to be blamed on a client that is not being read
    pings_.deadline = now + options_.pong_timeout;
    return;
  }
  const TcpState tcp = TcpStateOf(link_.fd());
  if (!LifeMayBeBehindMessages(tcp) && !LivesByTcp(tcp)) CloseForNoPong();
}

// A client that reads slowly comes to the ping when it has read what was sent before. It has the time of a
// stall for that, anew whenever its TCP has taken more of it; and once more when all is taken, since how far
// the client has read then is not known here.
bool Session::LifeMayBeBehindMessages(const TcpState& tcp) {
  if (!pings_.behind_messages || tcp.SilentFor(options_.pong_timeout)) return false;
  const auto acknowledged = static_cast<uint32_t>(tcp.acknowledged);
  const bool all_taken = static_cast<int32_t>(pings_.acknowledged - pings_.messages_end) >= 0;
  const bool takes_more = !all_taken && acknowledged != pings_.acknowledged;
  pings_.acknowledged = acknowledged;
  const auto patience = std::max(options_.pong_timeout, options_.send_stall_timeout);
  const SteadyTime end = (takes_more ? thread_.now() : pings_.last) + patience;
  if (end <= thread_.now()) return false;
  pings_.deadline = end;
  return true;
}

// For clients that do not answer pings while they are idle. No more pings then: they would only gather in the
// client's buffers. One that has ever answered in time is held to it, since TCP may be a proxy's.
bool Session::LivesByTcp(const TcpState& tcp) {
  if (!options_.keepalive_proves_life || connection_->traffic().round_trip_nanoseconds.Get() != 0)
    return false;
  const auto idle = TcpKeepaliveIdle(options_.ping_interval);
  const auto patience = idle + options_.pong_timeout;
  if (tcp.SilentFor(pings_.by_tcp ? patience : options_.pong_timeout)) return false;
  if (!pings_.by_tcp) EnableTcpKeepalive(link_.fd(), idle, options_.pong_timeout);
  pings_.by_tcp = true;
  pings_.pong_pending = false;  // one that comes later tells nothing of the way there and back
  pings_.deadline =
      thread_.now() + std::max<std::chrono::nanoseconds>(patience - tcp.since_answer, options_.pong_timeout);
  return true;
}

// The close frame is for a client that is busy, and learns later why it was left.
void Session::CloseForNoPong() {
  CloseRequest request(CloseCause::kNoPong);
  request.drop_pending = true;
  request.grace = std::min<std::chrono::nanoseconds>(kGoodbye, options_.pong_timeout);
  Close(std::move(request));
}

}  // namespace drawbridge
