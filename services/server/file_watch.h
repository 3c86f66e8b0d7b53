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
  // Takes its first look at once, so that no change after this is missed. Empty paths are left out.
  explicit FileWatch(std::vector<std::string> paths, absl::Duration period = absl::Seconds(1));
  ~FileWatch() { Stop(); }

  // From here on, `changed` is called on a thread of its own each time that any of the files is another one
  // or has other contents than before, once two looks in a row found the same: a certificate and its key are
  // not written in one moment. Once.
  void Start(std::function<void()> changed);
  // Waits for a call that has begun; none is made after it.
  void Stop();

 private:
  std::string Look() const;
  void Run(const std::function<void()>& changed) const;

  const std::vector<std::string> paths_;
  const absl::Duration period_;
  const std::string first_look_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_FILE_WATCH_H_
