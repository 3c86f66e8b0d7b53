// Notices that files have changed, as certificates do that somebody renews.
#ifndef DRAWBRIDGE_SERVICES_SERVER_FILE_WATCH_H_
#define DRAWBRIDGE_SERVICES_SERVER_FILE_WATCH_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace drawbridge {

// Looks once a period, which finds a file that is written, renamed over, or swapped with its whole folder, as
// Kubernetes does with a mounted secret; inotify would miss the last.
class FileWatch {
 public:
  // Calls `changed` on a thread of its own each time that any of the files is another one or has other
  // contents than at the look before. Empty paths are left out.
  FileWatch(std::vector<std::string> paths, std::function<void()> changed,
            absl::Duration period = absl::Seconds(1));
  // Waits for a call that has begun.
  ~FileWatch();

 private:
  std::string Look() const;
  void Run();

  const std::vector<std::string> paths_;
  const std::function<void()> changed_;
  const absl::Duration period_;
  std::string seen_;  // the watching thread's
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_FILE_WATCH_H_
