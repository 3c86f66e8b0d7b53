// What the kernel knows of the peer's TCP: for clients that say nothing by WebSocket.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_TCP_STATE_H_
#define DRAWBRIDGE_GATEWAY_SESSION_TCP_STATE_H_

#include <chrono>
#include <cstdint>

namespace drawbridge {

struct TcpState {
  uint64_t acknowledged = 0;  // bytes that the peer's TCP has acknowledged so far
  uint64_t waiting = 0;       // bytes that the kernel holds until it does
  bool repeating = false;     // what was sent last, or a probe, had no answer and is sent again
  std::chrono::milliseconds since_answer{0};  // since the peer's TCP has acknowledged anything, a probe too

  // Whether the peer's TCP, though asked, has not answered for so long: its host is gone, or the way there.
  bool SilentFor(std::chrono::nanoseconds time) const { return repeating && since_answer >= time; }
};

// Two system calls, which do not block. `fd`: a TCP socket; of any other, the state is that of a peer of
// which nothing is known.
TcpState TcpStateOf(int fd);

// Has the kernel probe the peer's TCP when it has sent nothing for `idle`, and again three times within
// `timeout` where that is not answered, with no less than a second between two probes. The kernel gives the
// peer up after ten, which is later than `idle` and `timeout` together.
void EnableTcpKeepalive(int fd, std::chrono::seconds idle, std::chrono::nanoseconds timeout);

// The time nearest to `idle`, and not under it, that the kernel can count: from 1 to 32,767 s.
std::chrono::seconds TcpKeepaliveIdle(std::chrono::nanoseconds idle);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TCP_STATE_H_
