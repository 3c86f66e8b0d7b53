// Counts open sockets that another library owns and closes without notification.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_ACCEPTED_SOCKETS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_ACCEPTED_SOCKETS_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

// Identifies a socket by its descriptor and its inode. The kernel gives each socket its own inode, so a
// descriptor whose inode has changed no longer refers to the socket. The check takes one system call per
// socket, less than a microsecond.
//
// Thread-safe; never blocks on the network.
class AcceptedSockets {
 public:
  // `socket` must be open and not yet handed to its owner.
  void Add(int socket);

  // The number of open sockets.
  size_t size();

  enum class Room {
    kFree,  // fewer than `most` are open
    kSoon,  // a connection was shut down; it counts until its owner has closed it
    kNone,  // no connection was idle for `min_quiet`
  };
  // If `most` sockets are open, shuts down the one that has carried no data in either direction for the
  // longest time, if that time is at least `min_quiet`. Its owner then reads end of file.
  Room MakeRoom(size_t most, std::chrono::milliseconds min_quiet, SteadyTime now);

 private:
  struct Socket {
    ino_t inode;
    SteadyTime shut_down_time;  // unset: it was not shut down
  };

  void DropClosed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool AnyShutDownSince(SteadyTime time) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool ShutDownQuietest(std::chrono::milliseconds min_quiet, SteadyTime now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Mutex mu_;
  std::unordered_map<int, Socket> sockets_ ABSL_GUARDED_BY(mu_);  // by descriptor
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_ACCEPTED_SOCKETS_H_
