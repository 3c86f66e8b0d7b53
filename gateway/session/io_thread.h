// One thread with one event loop, which runs the sockets, deadlines and posted work of its targets.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_IO_THREAD_H_
#define DRAWBRIDGE_GATEWAY_SESSION_IO_THREAD_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/sip_hash.h"
#include "gateway/connections/send_budget.h"
#include "gateway/connections/signal_queue.h"
#include "gateway/connections/thread_counters.h"
#include "gateway/session/deadline_wheel.h"
#include "gateway/session/deflate_pool.h"
#include "gateway/session/event_target.h"
#include "gateway/session/poller.h"
#include "gateway/session/write_buffer.h"

namespace drawbridge {

// Aligned so that no two threads write to one cache line.
class alignas(64) IoThread {
 public:
  // `clock` and `send_budget` must outlive the thread. Nothing runs before Start.
  IoThread(const Clock* clock, SendBudget* send_budget);
  // Stops and joins the thread, and destroys the targets that are left.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void Start();
  // Ends the loop and blocks until the thread has ended. Any thread except this one.
  void Stop();

  // Any thread: runs `work` on this one, in the order of posting.
  template <typename Work>
  void Post(Work&& work) {
    boost::asio::post(io_, [this, work = std::forward<Work>(work)]() mutable {
      now_ = clock_->Steady();
      work();
    });
  }

  // Thread-safe. The queue of connections that have work for their session on this thread.
  SignalQueue& signals() { return signals_; }

  // Any thread: the counters, and when the periodic tick of the deadlines last ran. It also runs when the
  // thread is idle.
  const ThreadCounters& counters() const { return counters_; }
  SteadyTime last_turn() const { return last_turn_.load(std::memory_order_relaxed); }

  // The rest: this thread only, or any thread before Start.

  // Owns `target` until Release.
  template <typename Target>
  Target& Adopt(std::unique_ptr<Target> target) {
    residents_.push_back(*target);
    return *target.release();
  }
  // Destroys `target` after all work that is already posted, so that posted work may still refer to it.
  void Release(EventTarget& target);
  // Cuts and releases all targets.
  void CutResidents();

  // The poller of the sessions.
  Poller& poller() { return poller_; }
  // The poller of the upgrades and of the listener. The loop handles a few of them between two rounds of the
  // sessions, so that many new clients do not delay the connected ones.
  Poller& newcomers() { return door_.newcomers; }
  DeadlineWheel& deadlines() { return deadlines_; }
  const Clock& clock() const { return *clock_; }

  // The time when the current wake-up began. Precise enough for deadlines, and needs no system call.
  SteadyTime now() const { return now_; }

  ThreadCounters& counters() { return counters_; }

  // The budget that the send queues of all threads share, and this thread's share of it.
  SendBudget& send_budget() { return send_budget_; }
  SendBudget::Share& send_share() { return send_share_; }

  // Buffers shared by all sessions of the thread; empty between two calls of a session. The read buffer holds
  // input until it is handled. The write buffer gathers output until the end of the wake-up.
  std::span<char> read_buffer() { return read_buffer_; }
  WriteBuffer& write_buffer() { return write_buffer_; }
  DeflatePool& deflate_pool() { return deflate_pool_; }

  // The key of the hash that makes the payloads of pings.
  const SipKey& ping_key() const { return ping_key_; }

 private:
  static constexpr size_t kReadBufferSize = 64 * 1024;
  // How many signals are delivered before the sockets have their turn.
  static constexpr size_t kSignalsAtOnce = 128;
  using Residents = boost::intrusive::list<EventTarget, boost::intrusive::base_hook<ResidentHook>,
                                           boost::intrusive::constant_time_size<false>>;

  // Registered in the poller of the sessions; ready when any socket of `newcomers` is.
  struct Door final : EventTarget {
    void OnReady(uint32_t events) override;
    void OnDeadline() override {}
    Poller newcomers;
  };

  void DestroyResidents();
  void DeliverSignals();
  void WaitForSockets();
  void WaitForTick();

  const Clock* const clock_;
  SendBudget& send_budget_;
  SendBudget::Share send_share_;
  SteadyTime now_;
  boost::asio::io_context io_{1};
  Poller poller_;
  Door door_;
  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> sockets_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      tick_;
  DeadlineWheel deadlines_;
  std::vector<char> read_buffer_ = std::vector<char>(kReadBufferSize);
  WriteBuffer write_buffer_;
  DeflatePool deflate_pool_;
  const SipKey ping_key_ = SipKey::Draw();
  ThreadCounters counters_;
  std::atomic<SteadyTime> last_turn_;
  Residents residents_;
  SignalQueue signals_{[this] { Post([this] { DeliverSignals(); }); }};
  std::thread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_IO_THREAD_H_
