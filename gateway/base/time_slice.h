// How long the kernel lets a thread run before it switches to another runnable thread.
#ifndef DRAWBRIDGE_GATEWAY_BASE_TIME_SLICE_H_
#define DRAWBRIDGE_GATEWAY_BASE_TIME_SLICE_H_

#include <chrono>

namespace drawbridge {

// Sets the time slice of the calling thread and of the threads that it starts from now on. `slice`: 0.1 ms to
// 100 ms; zero: the kernel's default, about 3 ms.
//
// A thread with a short slice that wakes up preempts a thread with a long one. The share of the core that
// each thread gets does not change. A kernel before 6.12 ignores the setting, and a refusal by the kernel is
// ignored. Thread-safe; does not block.
void SetTimeSlice(std::chrono::nanoseconds slice);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_TIME_SLICE_H_
