// Memory for objects of one type, separate from all other allocations. After many connections have closed,
// whole blocks are empty and return to the kernel. A general allocator mixes short-lived and long-lived
// objects, so few pages would become empty.
#ifndef DRAWBRIDGE_GATEWAY_BASE_SLAB_H_
#define DRAWBRIDGE_GATEWAY_BASE_SLAB_H_

#include <boost/intrusive/list.hpp>
#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

// Thread-safe; holds its lock for a few instructions, or for an mmap or munmap. Maps blocks of 64 KiB and
// unmaps empty ones, except the last block with room.
class Slab {
 public:
  explicit Slab(size_t object_bytes);
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  // Every object must have been returned by Give.
  ~Slab();

  // Memory for one object. Throws std::bad_alloc.
  void* Take();
  // Returns memory that came from Take of this slab.
  void Give(void* object);

  // The number of mapped blocks.
  size_t blocks() const;

 private:
  struct Object {
    Object* next;
  };
  struct Block : boost::intrusive::list_base_hook<> {
    Object* free = nullptr;  // list of returned objects
    size_t begun = 0;        // objects ever taken; the memory after them is free, too
    size_t taken = 0;
  };
  using Blocks = boost::intrusive::list<Block, boost::intrusive::constant_time_size<false>>;

  bool IsFull(const Block& block) const { return block.free == nullptr && block.begun == capacity_; }
  void AddBlock() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Release(Block& block) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const size_t object_bytes_;
  const size_t capacity_;  // objects per block
  mutable Mutex mu_;
  Blocks open_ ABSL_GUARDED_BY(mu_);  // blocks with room
  size_t blocks_ ABSL_GUARDED_BY(mu_) = 0;
};

// The slab of a type. Never destroyed.
template <typename T>
Slab& SlabOf() {
  static Slab& slab = *new Slab(sizeof(T));
  return slab;
}

// For std::allocate_shared. Allocates one object at a time.
template <typename T>
struct SlabAllocator {
  using value_type = T;
  SlabAllocator() = default;
  template <typename Other>
  SlabAllocator(const SlabAllocator<Other>&) {}  // NOLINT(google-explicit-constructor): as allocators do
  T* allocate(size_t) { return static_cast<T*>(SlabOf<T>().Take()); }
  void deallocate(T* object, size_t) { SlabOf<T>().Give(object); }
  bool operator==(const SlabAllocator&) const = default;
};

// Base class that makes new and delete of `T` use its slab. No class may derive from `T`.
template <typename T>
class InSlab {
 public:
  static void* operator new(size_t) { return SlabOf<T>().Take(); }
  static void operator delete(void* object) { SlabOf<T>().Give(object); }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_SLAB_H_
