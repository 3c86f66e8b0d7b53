// Counts every allocation of the program that links it, so that a test can check memory use.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_COUNTED_MEMORY_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_COUNTED_MEMORY_H_

#include <cstddef>

namespace drawbridge {

// Bytes allocated by operator new, as the allocator rounds them. For programs with one thread.
size_t LiveBytes();
// The maximum since the last ForgetMostBytes.
size_t MostBytes();
void ForgetMostBytes();
// The number of allocations.
size_t Allocations();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_COUNTED_MEMORY_H_
