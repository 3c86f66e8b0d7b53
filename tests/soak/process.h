// The resources that a process holds, as the kernel reports them.
#ifndef DRAWBRIDGE_TESTS_SOAK_PROCESS_H_
#define DRAWBRIDGE_TESTS_SOAK_PROCESS_H_

#include <sys/types.h>

#include <cstddef>

namespace drawbridge {

struct Holdings {
  size_t resident_kib = 0;
  size_t descriptors = 0;
};

// Throws std::runtime_error if the process does not exist.
Holdings HoldingsOf(pid_t pid);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SOAK_PROCESS_H_
