#include "services/control/accepted_sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace drawbridge {
namespace {

using std::chrono::milliseconds;

// The time that an owner has to close a socket that was shut down. After it another socket is shut down.
constexpr std::chrono::seconds kPatience{1};

// 0, which is not a valid inode, if the descriptor is not an open socket.
ino_t InodeOf(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

// The time since it last carried data; nullopt if it is not a TCP connection.
std::optional<milliseconds> QuietFor(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return milliseconds(std::min(info.tcpi_last_data_recv, info.tcpi_last_data_sent));
}

}  // namespace

void AcceptedSockets::Add(int socket) {
  const ino_t inode = InodeOf(socket);
  MutexLock lock(mu_);
  sockets_.insert_or_assign(socket, Socket{.inode = inode, .shut_down_time = {}});
}

size_t AcceptedSockets::size() {
  MutexLock lock(mu_);
  DropClosed();
  return sockets_.size();
}

AcceptedSockets::Room AcceptedSockets::MakeRoom(size_t most, milliseconds min_quiet, SteadyTime now) {
  MutexLock lock(mu_);
  DropClosed();
  if (sockets_.size() < most) return Room::kFree;
  if (AnyShutDownSince(now - kPatience) || ShutDownQuietest(min_quiet, now)) return Room::kSoon;
  return Room::kNone;
}

void AcceptedSockets::DropClosed() {
  std::erase_if(sockets_, [](const auto& each) { return InodeOf(each.first) != each.second.inode; });
}

bool AcceptedSockets::AnyShutDownSince(SteadyTime time) const {
  return std::ranges::any_of(sockets_,
                             [time](const auto& each) { return each.second.shut_down_time > time; });
}

bool AcceptedSockets::ShutDownQuietest(milliseconds min_quiet, SteadyTime now) {
  auto quietest = sockets_.end();
  milliseconds longest = min_quiet;
  for (auto each = sockets_.begin(); each != sockets_.end(); ++each) {
    if (each->second.shut_down_time != SteadyTime()) continue;
    const auto quiet = QuietFor(each->first);
    if (!quiet.has_value() || *quiet < longest) continue;
    longest = *quiet;
    quietest = each;
  }
  if (quietest == sockets_.end()) return false;
  // The owner may close the descriptor at any moment, and the kernel may reuse its number. A duplicate keeps
  // referring to one socket, so the inode of the duplicate is checked and the duplicate is shut down.
  const int copy = ::fcntl(quietest->first, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return false;
  if (InodeOf(copy) == quietest->second.inode) ::shutdown(copy, SHUT_RDWR);
  ::close(copy);
  quietest->second.shut_down_time = now;
  return true;
}

}  // namespace drawbridge
