// Detects that files have changed, such as renewed certificates.
#ifndef DRAWBRIDGE_SERVICES_SERVER_FILE_WATCH_H_
#define DRAWBRIDGE_SERVICES_SERVER_FILE_WATCH_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace drawbridge {

// Polls the files once a period. That detects a file that is written, renamed over, or replaced with its
// whole folder, as Kubernetes does with a mounted Secret. inotify would miss the last one.
class FileWatch {
 public:
  // Reads the state of the files at once, so that no later change is missed. Ignores empty paths.
  explicit FileWatch(std::vector<std::string> paths, absl::Duration period = absl::Seconds(1));
  ~FileWatch() { Stop(); }

  // Starts a thread that calls `changed` after each change of any of the files. The call waits until two
  // polls in a row find the same state, because a certificate and its key are not written at the same moment.
  // To be called once.
  void Start(std::function<void()> changed);
  // Blocks until a call of `changed` that has begun returns. No further call is made.
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
