// Memory for objects of one kind, apart from everything else: when a crowd has gone, its pages are empty and
// can go back to the kernel. Mixed as an allocator would mix them, each page would keep one of the few that
// stay.
#ifndef DRAWBRIDGE_GATEWAY_BASE_SLAB_H_
#define DRAWBRIDGE_GATEWAY_BASE_SLAB_H_

#include <boost/intrusive/list.hpp>
#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

// Thread-safe; holds its lock for some instructions. Takes blocks of 64 KiB from the kernel and gives back
// those that are empty, but for the last.
class Slab {
 public:
  explicit Slab(size_t object_bytes);
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  // Every object must have been given back.
  ~Slab();

  // Throws std::bad_alloc.
  void* Take();
  void Give(void* object);

  // Blocks held.
  size_t blocks() const;

 private:
  struct Object {
    Object* next;
  };
  struct Block : boost::intrusive::list_base_hook<> {
    Object* free = nullptr;  // given back
    size_t begun = 0;        // ever taken: what lies behind them is free, too
    size_t taken = 0;
  };
  using Blocks = boost::intrusive::list<Block, boost::intrusive::constant_time_size<false>>;

  bool IsFull(const Block& block) const { return block.free == nullptr && block.begun == capacity_; }
  void AddBlock() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Release(Block& block) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const size_t object_bytes_;
  const size_t capacity_;  // objects in a block
  mutable Mutex mu_;
  Blocks open_ ABSL_GUARDED_BY(mu_);  // those with room
  size_t blocks_ ABSL_GUARDED_BY(mu_) = 0;
};

// The slab of a type, for as long as the process lives.
template <typename T>
Slab& SlabOf() {
  static Slab& slab = *new Slab(sizeof(T));
  return slab;
}

// For std::allocate_shared: one object at a time.
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

// Base of a class that nothing is derived from, for new and delete.
template <typename T>
class InSlab {
 public:
  static void* operator new(size_t) { return SlabOf<T>().Take(); }
  static void operator delete(void* object) { SlabOf<T>().Give(object); }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_SLAB_H_
