#include "services/admin/process_metrics.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/admin/families.h"

namespace drawbridge {
namespace {

std::string ContentOf(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The fields of /proc/self/stat, numbered as in proc(5). The first one after the process name is field 3.
class Stat {
 public:
  Stat() {
    const std::string text = ContentOf("/proc/self/stat");
    fields_ = absl::StrSplit(text.substr(std::min(text.rfind(')') + 2, text.size())), ' ');
  }
  double operator[](size_t number) const {
    double value = 0;
    if (number - 3 < fields_.size() && !absl::SimpleAtod(fields_[number - 3], &value)) value = 0;
    return value;
  }

 private:
  std::vector<std::string> fields_;
};

// When the machine booted, in seconds since the epoch.
double BootSeconds() {
  for (const auto line : absl::StrSplit(ContentOf("/proc/stat"), '\n')) {
    double seconds = 0;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() == 2 && words[0] == "btime" && absl::SimpleAtod(words[1], &seconds)) return seconds;
  }
  return 0;
}

// Linux 6.2 and later report the count as the size of the folder. Older kernels must list each descriptor,
// which takes a third of a second for a million, so the count is kept for kKeep.
double OpenDescriptors() {
  constexpr char kFolder[] = "/proc/self/fd";
  constexpr std::chrono::seconds kKeep{15};
  static std::ptrdiff_t count = 0;
  static std::chrono::steady_clock::time_point counted;
  struct stat folder {};
  if (::stat(kFolder, &folder) == 0 && folder.st_size > 0) return static_cast<double>(folder.st_size);
  const auto now = std::chrono::steady_clock::now();
  if (count == 0 || now - counted >= kKeep) {
    std::error_code ignored;
    count = std::ranges::distance(std::filesystem::directory_iterator(kFolder, ignored));
    counted = now;
  }
  return static_cast<double>(count);
}

double MaxDescriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics() {
  static const double boot_seconds = BootSeconds();
  static const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const Stat stat;
  return {
      CounterOf("process_cpu_seconds_total", "CPU time of this process, in seconds.",
                (stat[14] + stat[15]) / ticks),
      GaugeOf("process_resident_memory_bytes", "Resident memory of this process, in bytes.",
              stat[24] * static_cast<double>(::sysconf(_SC_PAGESIZE))),
      GaugeOf("process_open_fds", "Open descriptors; before Linux 6.2 up to 15 seconds old.",
              OpenDescriptors()),
      GaugeOf("process_max_fds", "Descriptors that may be open.", MaxDescriptors()),
      GaugeOf("process_start_time_seconds", "When this process began, in seconds since 1970.",
              boot_seconds + stat[22] / ticks),
  };
}

}  // namespace drawbridge
