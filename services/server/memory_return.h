// Returns free memory to the kernel after many clients have left.
#ifndef DRAWBRIDGE_SERVICES_SERVER_MEMORY_RETURN_H_
#define DRAWBRIDGE_SERVICES_SERVER_MEMORY_RETURN_H_

#include <cstddef>
#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace drawbridge {

// Decides when to return memory, from periodic samples of the number of connections: when it has fallen to
// half of its peak and falls no more. Not thread-safe.
class CrowdWatch {
 public:
  // `peak`: the highest number since the last call, because connections may come and go between two calls.
  // Returns true once for each fall to half.
  bool Look(size_t connections, size_t peak);

 private:
  size_t peak_ = 0;  // since Look last returned true
  size_t last_ = 0;
};

// The allocator never returns free pages that lie between used ones: after a burst of large messages these
// are tens of megabytes. A thread of its own returns them with malloc_trim, so that no session waits for the
// kernel. A session that allocates at that moment waits for the allocator's lock.
class MemoryReturn {
 public:
  // Calls both functions once a period on its own thread, and passes the results to CrowdWatch.
  MemoryReturn(std::function<size_t()> connections, std::function<size_t()> peak,
               absl::Duration period = absl::Seconds(1));
  ~MemoryReturn();

 private:
  void Run();

  const std::function<size_t()> connections_;
  const std::function<size_t()> peak_;
  const absl::Duration period_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_MEMORY_RETURN_H_
