// What an I/O thread drives: something with a socket, deadlines and a life of its own.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_EVENT_TARGET_H_
#define DRAWBRIDGE_GATEWAY_SESSION_EVENT_TARGET_H_

#include <boost/intrusive/list_hook.hpp>
#include <cstdint>

#include "gateway/base/clock.h"

namespace drawbridge {

using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
using ResidentHook = boost::intrusive::list_base_hook<boost::intrusive::tag<class ResidentTag>, AutoUnlink>;
using DeadlineHook = boost::intrusive::list_base_hook<boost::intrusive::tag<class DeadlineTag>, AutoUnlink>;

// Lives on one I/O thread from IoThread::Adopt to IoThread::Release and is touched there alone.
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
  // The gateway takes no more of it: closes its socket and tells whoever must know. Released right after.
  virtual void Cut() {}

 private:
  friend class DeadlineWheel;
  uint64_t due_tick_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_EVENT_TARGET_H_
