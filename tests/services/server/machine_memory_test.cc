// The memory that a process may use is that of the machine, or the lowest limit of the control groups that it
// is in.
#include "services/server/machine_memory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace drawbridge {
namespace {

constexpr size_t kMebibyte = 1 << 20;

// Uses a temporary folder as the root of the file system.
class MachineMemoryTest : public ::testing::Test {
 public:
  ~MachineMemoryTest() override { std::filesystem::remove_all(root_); }

 protected:
  MachineMemoryTest() {
    std::string name = ::testing::TempDir() + "/machine.XXXXXX";
    root_ = std::string(::mkdtemp(name.data())) + "/";
    Write("proc/meminfo", "MemTotal:        1024000 kB\nMemFree:          512000 kB\n");
  }

  void Write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  size_t Memory() const { return MachineMemory(root_); }

  std::string root_;
};

TEST_F(MachineMemoryTest, IsThatOfTheMachine) { EXPECT_EQ(Memory(), 1000 * kMebibyte); }

TEST_F(MachineMemoryTest, IsUnknownWhereNothingTellsIt) {
  std::filesystem::remove_all(root_ + "proc");
  EXPECT_EQ(Memory(), 0u);
}

TEST_F(MachineMemoryTest, IsTheLimitOfAContainer) {
  Write("proc/self/cgroup", "0::/\n");
  Write("sys/fs/cgroup/memory.max", "268435456\n");
  EXPECT_EQ(Memory(), 256 * kMebibyte);
}

TEST_F(MachineMemoryTest, IsTheLeastLimitOfTheGroupAndThoseAboveIt) {
  Write("proc/self/cgroup", "0::/system.slice/drawbridge.service\n");
  Write("sys/fs/cgroup/system.slice/memory.max", "134217728\n");
  Write("sys/fs/cgroup/system.slice/drawbridge.service/memory.max", "268435456\n");
  EXPECT_EQ(Memory(), 128 * kMebibyte);
}

TEST_F(MachineMemoryTest, IsThatOfTheMachineWhereTheGroupHasNoLimitOrAHigherOne) {
  Write("proc/self/cgroup", "0::/a\n");
  Write("sys/fs/cgroup/a/memory.max", "max\n");
  EXPECT_EQ(Memory(), 1000 * kMebibyte);
  Write("sys/fs/cgroup/a/memory.max", "99999999999\n");
  EXPECT_EQ(Memory(), 1000 * kMebibyte);
}

TEST_F(MachineMemoryTest, KnowsVersionOneOfControlGroups) {
  Write("proc/self/cgroup", "12:cpu,cpuacct:/c\n4:memory:/docker/abc\n");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(Memory(), 64 * kMebibyte);
}

TEST_F(MachineMemoryTest, WhatMakesNoSenseIsNoLimit) {
  Write("proc/self/cgroup", "nonsense\n0:\n\n0::/../..\n");
  Write("sys/fs/cgroup/memory.max", "lots\n");
  EXPECT_EQ(Memory(), 1000 * kMebibyte);
}

TEST(ThisMachineTest, HasMemory) { EXPECT_GT(MachineMemory(), 16 * kMebibyte); }

}  // namespace
}  // namespace drawbridge
