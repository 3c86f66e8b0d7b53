// All watches of the control API: their thread, their limit and their end.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WATCHES_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WATCHES_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <unordered_set>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"
#include "services/auth/guard.h"
#include "services/control/watch_feed.h"
#include "services/control/watch_token.h"

namespace drawbridge {

class WatchCall;

// Each watch is a WatchCall. All of them run on one thread, which wakes up for events, for completed writes
// and once a second. Events that arrive within a few milliseconds are sent together. A watch stores the
// result of one WatchFeed::Next and has no queue: a client that does not read falls behind in the event ring.
class Watches {
 public:
  struct Options {
    size_t max_watches = 256;  // open at once, of all callers; further ones get RESOURCE_EXHAUSTED
    WatchFeed::Options feed;
  };

  // Both must outlive it.
  Watches(Registry* registry, const Clock* clock, Options options);
  Watches(Registry* registry, const Clock* clock) : Watches(registry, clock, Options()) {}
  // Every call must have ended.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  ~Watches();

  // Returns a call that runs by itself, or a refused one. The call ends within a second after its caller is
  // no longer admitted, or within two if the caller does not read. Thread-safe.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const Call& call, const grpc::ByteBuffer& request);

  // Called at shutdown. A watch gets UNAVAILABLE once all pending events are sent, and so does a new one.
  // Thread-safe; does not wait.
  void EndAll();

  // The number of watches. Thread-safe.
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  // The bytes of responses that gRPC has not taken yet, of all calls. Thread-safe.
  size_t queued_bytes() const { return queued_bytes_.load(std::memory_order_relaxed); }

 private:
  friend class WatchCall;

  grpc::Status Begin(const grpc::ByteBuffer& request, std::unique_ptr<WatchFeed>* feed);

  // Called only on the thread.
  void Add(WatchCall* call);
  void Remove(WatchCall* call);
  void AwaitEvents();
  void Round();
  void Tick();

  Registry& registry_;
  const Clock& clock_;
  const Options options_;
  const WatchTokens tokens_;
  std::atomic<size_t> size_ = 0;
  std::atomic<size_t> queued_bytes_ = 0;
  std::atomic<bool> ending_ = false;

  // Used by the thread.
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::posix::stream_descriptor doorbell_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer tick_;
  std::unordered_set<WatchCall*> calls_;
  bool awaiting_ = false;    // waiting for the doorbell or the end of the pause
  uint64_t told_until_ = 0;  // where the ring ended when the last round began

  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WATCHES_H_
