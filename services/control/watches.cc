#include "services/control/watches.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <utility>

#include "services/control/errors.h"
#include "services/control/refused_stream.h"
#include "services/control/watch_call.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;

// The pause between two rounds. It bounds the rate of wake-ups under many events.
constexpr std::chrono::milliseconds kPause{5};
// The interval of the checks for due bookmarks and for clients that do not read.
constexpr std::chrono::seconds kTick{1};

int Duplicate(int descriptor) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "duplicate an eventfd");
  return copy;
}

}  // namespace

Watches::Watches(Registry* registry, const Clock* clock, Options options)
    : registry_(*registry),
      clock_(*clock),
      options_(options),
      work_(asio::make_work_guard(loop_)),
      doorbell_(loop_, Duplicate(registry->events().doorbell())),
      pause_(loop_),
      tick_(loop_),
      thread_([this] { loop_.run(); }) {}

Watches::~Watches() {  // NOLINT(bugprone-exception-escape): only if no memory is left
  // Runs after the removal of the last call. Pending waits for events and timers are dropped.
  asio::post(loop_, [this] { loop_.stop(); });
  thread_.join();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* Watches::Start(const Call& call,
                                                           const grpc::ByteBuffer& request) {
  std::unique_ptr<WatchFeed> feed;
  if (size_.fetch_add(1, std::memory_order_relaxed) >= options_.max_watches) {
    size_.fetch_sub(1, std::memory_order_relaxed);
    return new RefusedStream(
        Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_WATCHES",
                fmt::format("{} watches are open, which is the limit", options_.max_watches)));
  }
  if (const grpc::Status status = Begin(request, &feed); !status.ok()) {
    size_.fetch_sub(1, std::memory_order_relaxed);
    return new RefusedStream(status);
  }
  auto* const watch = new WatchCall(*this, call, std::move(feed));
  asio::post(loop_, [this, watch] { Add(watch); });
  return watch;
}

grpc::Status Watches::Begin(const grpc::ByteBuffer& request, std::unique_ptr<WatchFeed>* feed) {
  if (ending_) return NodeGone();
  control::v1::WatchConnectionsRequest parsed;
  if (grpc::Status status = ParseRequest(request, parsed); !status.ok()) return status;
  return WatchFeed::Begin(registry_, clock_, tokens_, options_.feed, parsed, feed);
}

void Watches::EndAll() {
  ending_ = true;
  asio::post(loop_, [this] { Round(); });
}

void Watches::Add(WatchCall* call) {
  calls_.insert(call);
  call->Start();
  if (calls_.size() == 1) Tick();
  AwaitEvents();
}

void Watches::Remove(WatchCall* call) {
  calls_.erase(call);
  delete call;
  size_.fetch_sub(1, std::memory_order_relaxed);
  if (calls_.empty()) tick_.cancel();
}

// Without a watch no event needs to ring the doorbell.
void Watches::AwaitEvents() {
  if (awaiting_ || calls_.empty()) return;
  awaiting_ = true;
  const auto round = [this](const boost::system::error_code& error) {
    if (error == asio::error::operation_aborted) return;
    uint64_t rings = 0;
    [[maybe_unused]] const ssize_t taken = ::read(doorbell_.native_handle(), &rings, sizeof(rings));
    Round();
    pause_.expires_after(kPause);
    pause_.async_wait([this](const boost::system::error_code&) {
      awaiting_ = false;
      AwaitEvents();
    });
  };
  // The last round has seen the events up to here.
  if (registry_.events().Await(told_until_)) {
    doorbell_.async_wait(asio::posix::stream_descriptor::wait_read, round);
  } else {
    asio::post(loop_, [round] { round({}); });
  }
}

// Posts each call separately, so that other work of the thread runs in between.
void Watches::Round() {
  told_until_ = registry_.events().end();
  for (WatchCall* const call : calls_) {
    // The removal of an ended call may already be posted.
    if (!call->ended()) asio::post(loop_, [call] { call->Wake(); });
  }
}

void Watches::Tick() {
  tick_.expires_after(kTick);
  tick_.async_wait([this](const boost::system::error_code& error) {
    if (error == asio::error::operation_aborted || calls_.empty()) return;
    Round();
    Tick();
  });
}

}  // namespace drawbridge
