// Whether a silent client is alive: pings, what counts as an answer, and how long an answer may take.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "gateway/base/sip_hash.h"
#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// The grace of the close frame for a client that has not answered a ping. It had time to answer, so this is
// short.
constexpr std::chrono::seconds kGoodbye{1};

}  // namespace

// The interval is over, and the client lives.
void Session::PingOrGiveUp() {
  if (!IsStuck()) return SendPing();
  // The client sends and accepts nothing, not even the last ping. Another ping would only wait behind that.
  if (thread_.now() >= pings_.last + options_.send_stall_timeout) {
    CloseRequest request(CloseCause::kTooSlow);
    request.drop_pending = true;
    return Close(std::move(request));
  }
  pings_.deadline =
      std::min(thread_.now() + options_.ping_interval, pings_.last + options_.send_stall_timeout);
}

// Whether the client's TCP has acknowledged nothing since the last ping, although data waits that the kernel
// does not accept.
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

// The payload of the last ping. It reveals nothing about this host or about other clients.
uint64_t Session::PingWord() const {
  const auto sent = static_cast<uint64_t>(pings_.last.time_since_epoch().count());
  return SipHash(thread_.ping_key(), {sent, connection_->info().sequence});
}

void Session::HandlePong(std::string_view payload) {
  // A pong with another payload is allowed (RFC 6455, section 5.5.3). Like all input it is a sign of life,
  // but it does not tell the round-trip time of the last ping.
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

// The time for an answer to the last ping is over.
void Session::CheckLife() {
  const SteadyTime now = thread_.now();
  // Later, not equal: what came at the moment of the ping was sent before it.
  if (last_receive_ > pings_.last && !pings_.by_tcp) {
    pings_.life_pending = false;
    pings_.deadline = pings_.last + options_.ping_interval;
    if (now >= pings_.deadline) PingOrGiveUp();
    return;
  }
  if (!reading()) {  // a client that is not being read cannot show that it is alive
    pings_.deadline = now + options_.pong_timeout;
    return;
  }
  const TcpState tcp = TcpStateOf(link_.fd());
  if (!LifeMayBeBehindMessages(tcp) && !LivesByTcp(tcp)) CloseForNoPong();
}

// A client that reads slowly gets to the ping after it has read what was sent before. It has the stall
// timeout for that, which restarts whenever its TCP acknowledges more. It has that time once more when all is
// acknowledged, since the gateway does not know how much of it the client has read.
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

// For clients that do not answer pings while they are idle. They get no more pings, which would only gather
// in the client's buffers. A client that has ever answered in time must go on doing so, since its TCP may be
// that of a proxy.
bool Session::LivesByTcp(const TcpState& tcp) {
  if (!options_.keepalive_proves_life || connection_->traffic().round_trip_nanoseconds.Get() != 0)
    return false;
  const auto idle = TcpKeepaliveIdle(options_.ping_interval);
  const auto patience = idle + options_.pong_timeout;
  if (tcp.SilentFor(pings_.by_tcp ? patience : options_.pong_timeout)) return false;
  if (!pings_.by_tcp) EnableTcpKeepalive(link_.fd(), idle, options_.pong_timeout);
  pings_.by_tcp = true;
  pings_.pong_pending = false;  // a later pong would not tell the round-trip time
  pings_.deadline =
      thread_.now() + std::max<std::chrono::nanoseconds>(patience - tcp.since_answer, options_.pong_timeout);
  return true;
}

// The close frame tells a client that is only busy why the connection ended.
void Session::CloseForNoPong() {
  CloseRequest request(CloseCause::kNoPong);
  request.drop_pending = true;
  request.grace = std::min<std::chrono::nanoseconds>(kGoodbye, options_.pong_timeout);
  Close(std::move(request));
}

}  // namespace drawbridge
