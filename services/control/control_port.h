// Accepts the connections of the control API, up to a limit.
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

// gRPC 1.51 accepts without a limit, and its listener stops permanently when accept fails for lack of a
// descriptor. This class listens in its place and hands the accepted sockets to gRPC. At the limit it closes
// the connection that was idle for the longest time, so that idle connections cannot lock out new callers. If
// accept fails for lack of a descriptor or of memory, it is retried until it succeeds.
//
// Has one thread. The public functions are thread-safe unless noted otherwise.
class ControlPort {
 public:
  struct Options {
    std::string listen;             // ip:port, [ipv6]:port; port 0 picks a free one
    size_t max_connections = 1024;  // at least 1
    // A connection that carried data within this time is not closed to make room. If all did, the new
    // connection is refused.
    std::chrono::milliseconds min_quiet = std::chrono::seconds(5);
    // TCP_USER_TIMEOUT of each connection: how long sent data may stay unacknowledged.
    std::chrono::milliseconds user_timeout = std::chrono::seconds(20);
  };
  // Takes ownership of the socket. Called on the port's thread; must not block.
  using Deliver = std::function<void(int socket)>;

  // Binds and listens; nothing is accepted yet. `clock` must outlive the port. Throws as ListenSocket does.
  ControlPort(Options options, const Clock* clock);
  ~ControlPort();

  // Begins to accept. Must be called at most once.
  void Start(Deliver deliver);
  // Closes the port. No socket is delivered after it has returned; delivered sockets stay open. Blocks until
  // the thread has ended. Must not be called concurrently; a second call does nothing.
  void Stop();

  const std::string& address() const { return socket_.address(); }  // as bound

  size_t connections() { return accepted_.size(); }  // open ones
  size_t max_connections() const { return options_.max_connections; }
  // New connections that were closed at once because no other connection was idle long enough.
  uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  // Idle connections that were closed to make room.
  uint64_t evicted() const { return evicted_.load(std::memory_order_relaxed); }
  // Calls of accept that failed for lack of a descriptor or of memory.
  uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }
  // Why it cannot accept and for how long, as a sentence without the final period; nullopt if it can.
  std::optional<std::string> problem() const;

 private:
  void Run();
  // Blocks for `at_most`, until a connection is pending if `for_newcomer` is set, or until Stop is called.
  void Wait(std::chrono::milliseconds at_most, bool for_newcomer) const;
  // Handles one pending connection. Returns how long to wait before the next attempt.
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
  bool making_room_ = false;  // a connection was shut down for the pending one
  LineBudget lines_;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> refused_ = 0;
  std::atomic<uint64_t> evicted_ = 0;
  std::atomic<uint64_t> failures_ = 0;
  std::atomic<int> error_ = 0;  // errno of the last accept; 0: it succeeded
  std::atomic<SteadyTime> failing_since_ = SteadyTime();
  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CONTROL_PORT_H_
