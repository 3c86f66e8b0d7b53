#include "gateway/base/slab.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <new>

namespace drawbridge {
namespace {

constexpr size_t kAlignment = alignof(std::max_align_t);
// A block begins at a multiple of its size, so that Give computes the block from the address of an object.
constexpr size_t kBlockBytes = 64 * 1024;

constexpr size_t RoundUp(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// AddressSanitizer does not detect errors inside a slab, so with it every object comes from operator new.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kBypass = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kBypass = true;
#else
constexpr bool kBypass = false;
#endif
#else
constexpr bool kBypass = false;
#endif

// Maps a block at a multiple of its size: maps twice the size, then unmaps the memory before and after the
// block.
void* MapBlock() {
  void* const mapped =
      ::mmap(nullptr, 2 * kBlockBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(mapped);
  const size_t before = (kBlockBytes - reinterpret_cast<uintptr_t>(begin) % kBlockBytes) % kBlockBytes;
  if (before != 0) ::munmap(begin, before);
  ::munmap(begin + before + kBlockBytes, kBlockBytes - before);
  return begin + before;
}

}  // namespace

Slab::Slab(size_t object_bytes)
    : object_bytes_(RoundUp(std::max(object_bytes, sizeof(Object)))),
      capacity_((kBlockBytes - RoundUp(sizeof(Block))) / object_bytes_) {}

Slab::~Slab() {
  MutexLock lock(mu_);
  while (!open_.empty()) Release(open_.front());
}

void* Slab::Take() {
  if (kBypass) return ::operator new(object_bytes_);
  MutexLock lock(mu_);
  if (open_.empty()) AddBlock();
  Block& block = open_.front();
  ++block.taken;
  Object* object = block.free;
  if (object != nullptr) {
    block.free = object->next;
  } else {
    char* const first = reinterpret_cast<char*>(&block) + RoundUp(sizeof(Block));
    object = reinterpret_cast<Object*>(first + block.begun++ * object_bytes_);
  }
  if (IsFull(block)) open_.pop_front();
  return object;
}

void Slab::Give(void* object) {
  if (kBypass) return ::operator delete(object);
  const size_t offset = reinterpret_cast<uintptr_t>(object) % kBlockBytes;
  Block& block = *reinterpret_cast<Block*>(static_cast<char*>(object) - offset);
  MutexLock lock(mu_);
  if (IsFull(block)) open_.push_front(block);
  block.free = ::new (object) Object{block.free};
  if (--block.taken == 0 && &open_.front() != &open_.back()) Release(block);
}

size_t Slab::blocks() const {
  MutexLock lock(mu_);
  return blocks_;
}

void Slab::AddBlock() {
  open_.push_front(*::new (MapBlock()) Block);
  ++blocks_;
}

void Slab::Release(Block& block) {
  open_.erase(open_.iterator_to(block));
  block.~Block();
  ::munmap(&block, kBlockBytes);
  --blocks_;
}

}  // namespace drawbridge
