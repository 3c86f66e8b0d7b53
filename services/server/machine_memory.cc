#include "services/server/machine_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace drawbridge {
namespace {

constexpr size_t kUnknown = std::numeric_limits<size_t>::max();

// MemTotal of /proc/meminfo, which is in KiB (proc(5)).
size_t MemoryOfMachine(const std::string& root) {
  std::ifstream meminfo(root + "proc/meminfo");
  std::string name;
  for (size_t kibibytes = 0; meminfo >> name;
       meminfo.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    if (name == "MemTotal:" && meminfo >> kibibytes) return kibibytes * 1024;
  }
  return kUnknown;
}

// The file holds a number, or "max".
size_t LimitIn(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  size_t limit = 0;
  return file >> text && absl::SimpleAtoi(text, &limit) ? limit : kUnknown;
}

// The lowest limit of a group, such as /system.slice/drawbridge.service, and of all groups above it. In a
// container the group is /.
size_t LimitOfGroups(const std::string& mount, std::string group, const std::string& file) {
  size_t limit = kUnknown;
  while (true) {
    limit = std::min(limit, LimitIn(absl::StrCat(mount, group, "/", file)));
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos) return limit;
    group.erase(slash);
  }
}

// A line of /proc/self/cgroup is such as 0::/a/b or 4:memory:/a/b (cgroups(7)).
size_t LimitOfControlGroups(const std::string& root) {
  std::ifstream lines(root + "proc/self/cgroup");
  size_t limit = kUnknown;
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      limit = std::min(limit, LimitOfGroups(root + "sys/fs/cgroup", group, "memory.max"));
    } else if (absl::StrContains("," + controllers + ",", ",memory,")) {
      limit = std::min(limit, LimitOfGroups(root + "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
  }
  return limit;
}

}  // namespace

size_t MachineMemory(const std::string& root) {
  const size_t memory = std::min(MemoryOfMachine(root), LimitOfControlGroups(root));
  return memory == kUnknown ? 0 : memory;
}

}  // namespace drawbridge
