// A std::mutex that clang's thread-safety analysis understands. absl::Mutex is not used in gateway/:
// Debian's package compiles it without instrumentation, so ThreadSanitizer would report false races on the
// data that it guards.
#ifndef DRAWBRIDGE_GATEWAY_BASE_MUTEX_H_
#define DRAWBRIDGE_GATEWAY_BASE_MUTEX_H_

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace drawbridge {

class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mu_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mu_.unlock(); }

 private:
  std::mutex mu_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) : mu_(mu) { mu_.Lock(); }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mu_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mu_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_MUTEX_H_
