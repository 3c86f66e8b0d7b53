// Gives memory back to the kernel when a crowd has gone.
#ifndef DRAWBRIDGE_SERVICES_SERVER_MEMORY_RETURN_H_
#define DRAWBRIDGE_SERVICES_SERVER_MEMORY_RETURN_H_

#include <cstddef>
#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace drawbridge {

// Decides when it is worth it, from one look at the number of connections after the other: when it has fallen
// to half and falls no more. Not thread-safe.
class CrowdWatch {
 public:
  // `peak`: the most that there were since the last look, for a crowd may come and go between two. True once
  // for each crowd that has gone.
  bool Look(size_t connections, size_t peak);

 private:
  size_t peak_ = 0;  // since the last crowd
  size_t last_ = 0;
};

// The allocator keeps what is free between what is in use, for ever: of a storm with big messages, tens of
// megabytes. A thread of its own gives such pages back, so that no session waits for the kernel; one that
// allocates at that very moment waits for its turn at the allocator's lock.
class MemoryReturn {
 public:
  // The functions are called once a period, on this thread, for what CrowdWatch wants to know.
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
