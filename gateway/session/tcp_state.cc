#include "gateway/session/tcp_state.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>

namespace drawbridge {
namespace {

using std::chrono::ceil;
using std::chrono::seconds;

constexpr seconds kMostSeconds{32767};  // tcp(7)
constexpr int kProbes = 10;

seconds WholeSeconds(std::chrono::nanoseconds time) {
  return std::clamp(ceil<seconds>(time), seconds(1), kMostSeconds);
}

void SetOption(int fd, int level, int name, int64_t value) {
  const auto number = static_cast<int>(value);
  ::setsockopt(fd, level, name, &number, sizeof(number));
}

}  // namespace

TcpState TcpStateOf(int fd) {
  TcpState state;
  tcp_info info{};  // fields that an older kernel does not know stay 0
  socklen_t size = sizeof(info);
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return state;
  state.acknowledged = info.tcpi_bytes_acked;
  state.repeating = info.tcpi_retransmits > 0 || info.tcpi_probes > 0;
  state.since_answer = std::chrono::milliseconds(info.tcpi_last_ack_recv);
  int waiting = 0;
  if (::ioctl(fd, SIOCOUTQ, &waiting) == 0 && waiting > 0) state.waiting = static_cast<uint64_t>(waiting);
  return state;
}

void EnableTcpKeepalive(int fd, seconds idle, std::chrono::nanoseconds timeout) {
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle.count());
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, WholeSeconds(timeout / 3).count());
  SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

seconds TcpKeepaliveIdle(std::chrono::nanoseconds idle) { return WholeSeconds(idle); }

}  // namespace drawbridge
