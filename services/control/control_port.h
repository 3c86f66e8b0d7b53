// Accepts the connections of the control API, within a bound.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CONTROL_PORT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CONTROL_PORT_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/base/clock.h"
#include "gateway/base/line_budget.h"
#include "gateway/listener/listener.h"
#include "services/control/accepted_sockets.h"

namespace drawbridge {

// gRPC 1.51 accepts without a bound, and its listener stops for good when there is no descriptor left. So
// this listens in its place and hands over what it accepts. At the bound it closes the connection that has
// been quiet for longest, so that idle connections cannot lock out a new caller. Where accept fails for want
// of a descriptor or of memory, it tries again until it succeeds.
//
// Has one thread. The public functions: any thread, except as said.
class ControlPort {
 public:
  struct Options {
    std::string listen;             // ip:port, [ipv6]:port; port 0 picks a free one
    size_t max_connections = 1024;  // at least 1
    // A connection that carried data more recently is not closed to make room: the newcomer is refused.
    std::chrono::milliseconds min_quiet = std::chrono::seconds(5);
    // TCP_USER_TIMEOUT of each connection: how long sent data may stay unacknowledged.
    std::chrono::milliseconds user_timeout = std::chrono::seconds(20);
  };
  // Owns the socket that it is given. Called on the port's thread; must not block.
  using Deliver = std::function<void(int socket)>;

  // Binds and listens; nothing is accepted yet. `clock` must outlive the port. Throws as ListenSocket does.
  ControlPort(Options options, const Clock* clock);
  ~ControlPort();

  // Begins to accept. Once.
  void Start(Deliver deliver);
  // Closes the port. Nothing is delivered after it has returned; what was delivered stays open. Blocks until
  // the thread has ended. One thread at a time; a second call does nothing.
  void Stop();

  const std::string& address() const { return socket_.address(); }  // as bound

  size_t connections() { return accepted_.size(); }  // open ones
  size_t max_connections() const { return options_.max_connections; }
  // Newcomers that were closed at once, since no connection was quiet enough to be closed for them.
  uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  // Quiet connections that were closed to make room.
  uint64_t evicted() const { return evicted_.load(std::memory_order_relaxed); }
  // Calls of accept that failed for want of a descriptor or of memory.
  uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }
  // What keeps it from accepting now and for how long, as a sentence without its end; nullopt: nothing.
  std::optional<std::string> problem() const;

 private:
  void Run();
  // Sleeps for that long, or until a newcomer waits where that is asked for, or until Stop is called.
  void Wait(std::chrono::milliseconds at_most, bool for_newcomer) const;
  // Of a newcomer that waits. Returns for how long to leave the port alone.
  std::chrono::milliseconds AcceptOne();
  void Take(int socket);
  void Evicted();
  void Refused();
  void Tell(std::string_view what);
  void Failed(int error);
  void Succeeded();

  const Options options_;
  const Clock& clock_;
  ListenSocket socket_;
  const int stop_event_;  // an eventfd
  Deliver deliver_;
  AcceptedSockets accepted_;
  bool making_room_ = false;  // the thread's: a connection was shut down for the newcomer that waits
  LineBudget lines_;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> refused_ = 0;
  std::atomic<uint64_t> evicted_ = 0;
  std::atomic<uint64_t> failures_ = 0;
  std::atomic<int> error_ = 0;  // errno of the last accept; 0: it went well
  std::atomic<SteadyTime> failing_since_ = SteadyTime();
  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CONTROL_PORT_H_
