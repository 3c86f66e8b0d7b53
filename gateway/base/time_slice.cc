#include "gateway/base/time_slice.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace drawbridge {
namespace {

// The kernel's `struct sched_attr` in its first form: sched_setattr(2). Debian 12's C library has none, and
// the kernel's header cannot be included beside <sched.h>.
struct Attributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;  // nanoseconds; of the time-sharing policies the slice
  uint64_t deadline;
  uint64_t period;
};

}  // namespace

// Where the kernel refuses nothing changes, and that is no harm.
void SetTimeSlice(std::chrono::nanoseconds slice) {
  Attributes attributes{};
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;
  attributes.runtime = static_cast<uint64_t>(slice.count());
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace drawbridge
