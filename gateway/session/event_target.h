// The interface of an object that an I/O thread drives by events of its socket and by deadlines.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_EVENT_TARGET_H_
#define DRAWBRIDGE_GATEWAY_SESSION_EVENT_TARGET_H_

#include <boost/intrusive/list_hook.hpp>
#include <cstdint>

#include "gateway/base/clock.h"

namespace drawbridge {

using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
using ResidentHook = boost::intrusive::list_base_hook<boost::intrusive::tag<class ResidentTag>, AutoUnlink>;
using DeadlineHook = boost::intrusive::list_base_hook<boost::intrusive::tag<class DeadlineTag>, AutoUnlink>;

// Lives on one I/O thread from IoThread::Adopt to IoThread::Release. Only that thread may use it.
class EventTarget : public ResidentHook, public DeadlineHook {
 public:
  EventTarget() = default;
  EventTarget(const EventTarget&) = delete;
  EventTarget& operator=(const EventTarget&) = delete;
  virtual ~EventTarget() = default;

  // The socket is ready: `events` as epoll_wait gave them.
  virtual void OnReady(uint32_t events) = 0;
  // The deadline set in the wheel has passed; it is no longer set.
  virtual void OnDeadline() = 0;
  // Ends it at once: closes its socket and notifies waiting callers. The caller releases it right after.
  virtual void Cut() {}

 private:
  friend class DeadlineWheel;
  uint64_t due_tick_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_EVENT_TARGET_H_
