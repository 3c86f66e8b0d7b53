// What the kernel says a server process used: the figures that every ratio is made of.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_PROCESS_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>

namespace drawbridge::bench {

// Nanoseconds on a core, all threads, summed over /proc/PID/task/*/schedstat. 0 for pid 0; throws when
// the process is gone.
uint64_t CpuNanoseconds(pid_t pid);

// VmRSS in bytes. 0 for pid 0; throws when the process is gone.
uint64_t ResidentBytes(pid_t pid);

// The monotonic clock that all latencies are measured with.
int64_t NowNanoseconds();

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_PROCESS_H_
