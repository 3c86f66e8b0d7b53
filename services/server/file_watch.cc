#include "services/server/file_watch.h"

#include <sys/stat.h>

#include <cstdint>
#include <utility>

namespace drawbridge {

FileWatch::FileWatch(std::vector<std::string> paths, std::function<void()> changed, absl::Duration period)
    : paths_(std::move(paths)), changed_(std::move(changed)), period_(period), seen_(Look()) {
  thread_ = std::thread([this] { Run(); });
}

FileWatch::~FileWatch() {
  stop_.Notify();
  thread_.join();
}

// Which files there are, and their state, as one comparable text.
std::string FileWatch::Look() const {
  std::string look;
  for (const std::string& path : paths_) {
    struct stat file {};
    if (path.empty() || ::stat(path.c_str(), &file) != 0) {
      look += "-;";
      continue;
    }
    for (const auto number : {static_cast<int64_t>(file.st_dev), static_cast<int64_t>(file.st_ino),
                              static_cast<int64_t>(file.st_size), static_cast<int64_t>(file.st_mtim.tv_sec),
                              static_cast<int64_t>(file.st_mtim.tv_nsec)}) {
      look += std::to_string(number) + ",";
    }
    look += ";";
  }
  return look;
}

void FileWatch::Run() {
  while (!stop_.WaitForNotificationWithTimeout(period_)) {
    if (std::string look = Look(); look != seen_) {
      seen_ = std::move(look);
      changed_();
    }
  }
}

}  // namespace drawbridge
