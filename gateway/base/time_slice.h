// How long the kernel lets a thread run before another that wants its core.
#ifndef DRAWBRIDGE_GATEWAY_BASE_TIME_SLICE_H_
#define DRAWBRIDGE_GATEWAY_BASE_TIME_SLICE_H_

#include <chrono>

namespace drawbridge {

// 0.1 ms to 100 ms; zero: the kernel's own, some 3 ms.
//
// Asks for the calling thread, and for those that it starts from now on. One of short slices that wakes up
// does not wait for one of long slices to be done with its own; both get the same share of the core as
// before. A kernel before 6.12 takes no notice. Thread-safe; does not block.
void SetTimeSlice(std::chrono::nanoseconds slice);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_TIME_SLICE_H_
