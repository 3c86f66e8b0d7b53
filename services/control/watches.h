// All watches of the control API: their thread, their number, their end.
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

// Each watch is a WatchCall. They all live on one thread, which sleeps until an event rings, a client has
// taken what was written, or a second has passed. Events that come within some milliseconds are told
// together. A watch holds what one WatchFeed::Next gives, and no queue: who does not read falls behind in the
// ring.
class Watches {
 public:
  struct Options {
    size_t max_watches = 256;  // at once, of all callers; the next one gets RESOURCE_EXHAUSTED
    WatchFeed::Options feed;
  };

  // Both must outlive it.
  Watches(Registry* registry, const Clock* clock, Options options);
  Watches(Registry* registry, const Clock* clock) : Watches(registry, clock, Options()) {}
  // Every call must have ended.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  ~Watches();

  // Any thread. A call that goes on by itself, or is refused already. It ends when its caller is not admitted
  // any more, a second later or, where it does not read, two.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const Call& call, const grpc::ByteBuffer& request);

  // The node is going: whoever has been told everything gets UNAVAILABLE, and so does whoever comes. Any
  // thread; does not wait.
  void EndAll();

  // Any thread.
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  // Of responses that are ready and not yet taken by gRPC, in all calls.
  size_t queued_bytes() const { return queued_bytes_.load(std::memory_order_relaxed); }

 private:
  friend class WatchCall;

  grpc::Status Begin(const grpc::ByteBuffer& request, std::unique_ptr<WatchFeed>* feed);

  // On the thread.
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

  // The thread's.
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::posix::stream_descriptor doorbell_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer tick_;
  std::unordered_set<WatchCall*> calls_;
  bool awaiting_ = false;    // the doorbell or the end of the pause
  uint64_t told_until_ = 0;  // where the ring ended when the last round began

  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WATCHES_H_
