// Resource usage of a server process, from the kernel.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_PROCESS_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>

namespace drawbridge::bench {

// The CPU time of all threads in nanoseconds, summed over /proc/PID/task/*/schedstat. 0 for pid 0. Throws if
// the process has ended.
uint64_t CpuNanoseconds(pid_t pid);

// VmRSS in bytes. 0 for pid 0. Throws if the process has ended.
uint64_t ResidentBytes(pid_t pid);

// The monotonic clock that is used for all latencies, in nanoseconds.
int64_t NowNanoseconds();

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_PROCESS_H_
