// Keeps count of sockets that another library owns and closes without a word.
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

// A descriptor still is the socket that was added while its inode is the same: the kernel gives each socket
// an inode of its own. Asking for it takes a system call a socket, well under a microsecond.
//
// Thread-safe; never blocks on the network.
class AcceptedSockets {
 public:
  // Of a socket that is open, before it is handed to its owner.
  void Add(int socket);

  // How many are open.
  size_t size();

  enum class Room {
    kFree,  // fewer than `most` are open
    kSoon,  // a connection was shut down; its owner is about to close it, and it counts until then
    kNone,  // no connection was quiet for long enough
  };
  // Where `most` are open, shuts down the one that has carried no data for longest, in either direction, if
  // that is at least `min_quiet`. Its owner sees the end of the stream.
  Room MakeRoom(size_t most, std::chrono::milliseconds min_quiet, SteadyTime now);

 private:
  struct Socket {
    ino_t inode;
    SteadyTime shut_down_time;  // not set: it was not
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
