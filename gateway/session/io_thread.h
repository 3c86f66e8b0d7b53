// One thread, one loop: sockets, deadlines and posted work of all that lives on it.
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
  // Stops, joins, and destroys what still lives here.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void Start();
  // Ends the loop and waits for it. Any thread but this one.
  void Stop();

  // Any thread: runs `work` on this one, in the order of posting.
  template <typename Work>
  void Post(Work&& work) {
    boost::asio::post(io_, [this, work = std::forward<Work>(work)]() mutable {
      now_ = clock_->Steady();
      work();
    });
  }

  // Where the connections of this thread's sessions are left when there is something for them.
  SignalQueue& signals() { return signals_; }

  // What is known from outside: its counters, and when its loop last came round. An idle one comes round
  // with every tick of the deadlines.
  const ThreadCounters& counters() const { return counters_; }
  SteadyTime last_turn() const { return last_turn_.load(std::memory_order_relaxed); }

  // The rest: this thread alone, or any before Start.

  // Owns `target` until Release.
  template <typename Target>
  Target& Adopt(std::unique_ptr<Target> target) {
    residents_.push_back(*target);
    return *target.release();
  }
  // Destroys `target` after everything that is already posted, so that posted work may still name it.
  void Release(EventTarget& target);
  // Cuts and releases all that live here.
  void CutResidents();

  // Of sessions.
  Poller& poller() { return poller_; }
  // Of whoever is to become a session, and of the listener: the loop takes a few of them between two rounds
  // of the sessions, so that a storm of newcomers does not hold up those who are there.
  Poller& newcomers() { return door_.newcomers; }
  DeadlineWheel& deadlines() { return deadlines_; }
  const Clock& clock() const { return *clock_; }

  // The time when the current wake-up began: good for deadlines, and free.
  SteadyTime now() const { return now_; }

  ThreadCounters& counters() { return counters_; }

  // What the send queues of all threads may take together, and this thread's part in it.
  SendBudget& send_budget() { return send_budget_; }
  SendBudget::Share& send_share() { return send_share_; }

  // Scratch space shared by all sessions of the thread; empty between two calls of theirs. What is read lies
  // in the one until it is handled; what is to be sent gathers in the other until the end of the wake-up.
  std::span<char> read_buffer() { return read_buffer_; }
  WriteBuffer& write_buffer() { return write_buffer_; }
  DeflatePool& deflate_pool() { return deflate_pool_; }

  // Under which the payloads of pings are made.
  const SipKey& ping_key() const { return ping_key_; }

 private:
  static constexpr size_t kReadBufferSize = 64 * 1024;
  // Then whoever has sent something has its turn, before the next of them.
  static constexpr size_t kSignalsAtOnce = 128;
  using Residents = boost::intrusive::list<EventTarget, boost::intrusive::base_hook<ResidentHook>,
                                           boost::intrusive::constant_time_size<false>>;

  // In the poller of the sessions, where it is ready when any newcomer is.
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
