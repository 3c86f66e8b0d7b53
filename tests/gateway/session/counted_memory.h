// Counts every allocation of the program that links it, so that a test can say what memory something takes.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_COUNTED_MEMORY_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_COUNTED_MEMORY_H_

#include <cstddef>

namespace drawbridge {

// For programs of one thread. By operator new, in bytes as the allocator rounds them.
size_t LiveBytes();
// The most at a time since the last ForgetMostBytes.
size_t MostBytes();
void ForgetMostBytes();
// How often.
size_t Allocations();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_COUNTED_MEMORY_H_
