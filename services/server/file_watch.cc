#include "services/server/file_watch.h"

#include <sys/stat.h>

#include <cstdint>
#include <utility>

namespace drawbridge {

FileWatch::FileWatch(std::vector<std::string> paths, absl::Duration period)
    : paths_(std::move(paths)), period_(period), first_look_(Look()) {}

void FileWatch::Start(std::function<void()> changed) {
  thread_ = std::thread([this, changed = std::move(changed)] { Run(changed); });
}

void FileWatch::Stop() {
  if (!thread_.joinable()) return;
  stop_.Notify();
  thread_.join();
}

// The identity, size and modification time of each file, as one comparable text.
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
      look += std::to_string(number) + ',';
    }
    look += ';';
  }
  return look;
}

void FileWatch::Run(const std::function<void()>& changed) const {
  std::string told = first_look_;
  std::string before = first_look_;
  while (!stop_.WaitForNotificationWithTimeout(period_)) {
    std::string look = Look();
    if (look != told && look == before) {
      told = look;
      changed();
    }
    before = std::move(look);
  }
}

}  // namespace drawbridge
