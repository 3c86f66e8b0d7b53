#include "tests/soak/process.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace drawbridge {

Holdings HoldingsOf(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream status(folder + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmRSS:")) continue;
    const std::filesystem::directory_iterator descriptors(folder + "/fd");
    return {.resident_kib = std::stoul(line.substr(6)),
            .descriptors = static_cast<size_t>(std::distance(begin(descriptors), end(descriptors)))};
  }
  throw std::runtime_error("the gateway is gone");
}

}  // namespace drawbridge
