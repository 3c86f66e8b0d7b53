#include "tests/gateway/session/counted_memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace drawbridge {
namespace {

size_t live_bytes = 0;
size_t most_bytes = 0;
size_t allocations = 0;

// Returns null if there is no memory.
void* TryAllocate(size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) return nullptr;
  live_bytes += malloc_usable_size(memory);
  most_bytes = std::max(most_bytes, live_bytes);
  ++allocations;
  return memory;
}

void* Allocate(size_t size) {
  void* memory = TryAllocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void Free(void* memory) {
  live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

size_t LiveBytes() { return live_bytes; }
size_t MostBytes() { return most_bytes; }
void ForgetMostBytes() { most_bytes = live_bytes; }
size_t Allocations() { return allocations; }

}  // namespace drawbridge

// Replaces all forms, because the sanitizers' own forms do not call the first one.
void* operator new(size_t size) { return drawbridge::Allocate(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return drawbridge::TryAllocate(size); }
void* operator new[](size_t size) { return drawbridge::Allocate(size); }
void operator delete(void* memory) noexcept { drawbridge::Free(memory); }
void operator delete(void* memory, size_t) noexcept { drawbridge::Free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { drawbridge::Free(memory); }
void operator delete[](void* memory) noexcept { drawbridge::Free(memory); }
void operator delete[](void* memory, size_t) noexcept { drawbridge::Free(memory); }
