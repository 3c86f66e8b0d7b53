#include "gateway/session/io_thread.h"

#include <sys/epoll.h>

#include <chrono>
#include <system_error>

#include "gateway/base/time_slice.h"
#include "gateway/connections/connection.h"

namespace drawbridge {

namespace asio = boost::asio;
namespace {

// Each takes about 20 microseconds, and delays messages that arrive meanwhile by that.
constexpr size_t kNewcomersARound = 4;

// How long posted work, such as an interrupt, may wait for sockets, and how many sockets are handled between
// two readings of the clock.
constexpr std::chrono::microseconds kSocketsAtAStretch{250};
constexpr size_t kSocketsARound = 64;

}  // namespace

void IoThread::Door::OnReady(uint32_t) { newcomers.Dispatch(kNewcomersARound); }

IoThread::IoThread(const Clock* clock, SendBudget* send_budget)
    : clock_(clock),
      send_budget_(*send_budget),
      send_share_(send_budget),
      now_(clock->Steady()),
      sockets_(io_),
      tick_(io_),
      deadlines_(now_),
      last_turn_(now_) {
  if (const auto error = poller_.Add(door_.newcomers.descriptor(), EPOLLIN, &door_)) {
    throw std::system_error(error, "epoll_ctl");
  }
  sockets_.assign(poller_.descriptor());
}

IoThread::~IoThread() {
  Stop();
  sockets_.release();  // the poller closes it
  DestroyResidents();
}

void IoThread::DestroyResidents() {
  residents_.clear_and_dispose([](EventTarget* target) { delete target; });
}

void IoThread::CutResidents() {
  while (!residents_.empty()) {
    EventTarget& target = residents_.front();
    target.Cut();
    Release(target);
  }
}

void IoThread::Start() {
  WaitForSockets();
  WaitForTick();
  thread_ = std::thread([this] {
    SetTimeSlice({});  // the thread that starts this one may use short ones
    io_.run();
  });
}

void IoThread::Stop() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
}

void IoThread::Release(EventTarget& target) {
  target.DeadlineHook::unlink();
  target.ResidentHook::unlink();
  Post([owned = std::unique_ptr<EventTarget>(&target)] {});
}

void IoThread::DeliverSignals() {
  bool more = false;
  for (const auto& connection : signals_.Take(kSignalsAtOnce, &more)) connection->DeliverSignal();
  if (more) Post([this] { DeliverSignals(); });
}

void IoThread::WaitForSockets() {
  sockets_.async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    // Under load more sockets are ready once a round is done. Another round here saves a round of Asio.
    const SteadyTime begin = now_ = clock_->Steady();
    while (poller_.Dispatch(kSocketsARound) && now_ - begin < kSocketsAtAStretch) now_ = clock_->Steady();
    WaitForSockets();
  });
}

void IoThread::WaitForTick() {
  tick_.expires_after(DeadlineWheel::kTick);
  tick_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    // Uses the clock of the timer, which may differ from clock_.
    counters_.loop_lags().Observe(std::chrono::steady_clock::now() - tick_.expiry());
    now_ = clock_->Steady();
    last_turn_.store(now_, std::memory_order_relaxed);
    deadlines_.Advance(now_);
    counters_.Publish();
    send_share_.Report();
    WaitForTick();
  });
}

}  // namespace drawbridge
