// The kernel's view of the peer's TCP, for clients that send nothing by WebSocket.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_TCP_STATE_H_
#define DRAWBRIDGE_GATEWAY_SESSION_TCP_STATE_H_

#include <chrono>
#include <cstdint>

namespace drawbridge {

struct TcpState {
  uint64_t acknowledged = 0;                  // bytes that the peer's TCP has acknowledged so far
  uint64_t waiting = 0;                       // bytes that the kernel holds until they are acknowledged
  bool repeating = false;                     // what was sent last, or a probe, is unanswered and sent again
  std::chrono::milliseconds since_answer{0};  // since the peer's TCP last acknowledged anything, even a probe

  // Whether the peer's TCP has been asked and has not answered for `time`: its host or the path to it is
  // down.
  bool SilentFor(std::chrono::nanoseconds time) const { return repeating && since_answer >= time; }
};

// Makes two system calls, which do not block. `fd`: a TCP socket; for any other, all values are 0.
TcpState TcpStateOf(int fd);

// Makes the kernel probe the peer's TCP when it has sent nothing for `idle`, and again three times within
// `timeout` while there is no answer, at least one second apart. The kernel ends the connection after ten
// probes, which is later than `idle` and `timeout` together.
void EnableTcpKeepalive(int fd, std::chrono::seconds idle, std::chrono::nanoseconds timeout);

// `idle`, rounded up to what the kernel can count: whole seconds from 1 to 32,767.
std::chrono::seconds TcpKeepaliveIdle(std::chrono::nanoseconds idle);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TCP_STATE_H_
