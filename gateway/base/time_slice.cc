#include "gateway/base/time_slice.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace drawbridge {
namespace {

// The first version of the kernel's `struct sched_attr`, see sched_setattr(2). Debian 12's C library does not
// define it, and the kernel's header cannot be included together with <sched.h>.
struct Attributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;  // nanoseconds; for SCHED_OTHER: the time slice
  uint64_t deadline;
  uint64_t period;
};

}  // namespace

void SetTimeSlice(std::chrono::nanoseconds slice) {
  Attributes attributes{};
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;
  attributes.runtime = static_cast<uint64_t>(slice.count());
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace drawbridge
