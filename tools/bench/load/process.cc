// These files are read only at both ends of a measured window, so plain file streams are fast enough.
#include "tools/bench/load/process.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace drawbridge::bench {
namespace {

std::string ProcessFolder(pid_t pid) { return "/proc/" + std::to_string(pid); }

}  // namespace

uint64_t CpuNanoseconds(pid_t pid) {
  if (pid == 0) return 0;
  uint64_t sum = 0;
  for (const auto& task : std::filesystem::directory_iterator(ProcessFolder(pid) + "/task")) {
    uint64_t on_cpu = 0;
    std::ifstream(task.path() / "schedstat") >> on_cpu;  // stays 0 for a thread that has just ended
    sum += on_cpu;
  }
  if (sum == 0) throw std::runtime_error("the server process is gone");
  return sum;
}

uint64_t ResidentBytes(pid_t pid) {
  if (pid == 0) return 0;
  std::ifstream status(ProcessFolder(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6)) * 1024;
  }
  throw std::runtime_error("the server process is gone");
}

int64_t NowNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace drawbridge::bench
