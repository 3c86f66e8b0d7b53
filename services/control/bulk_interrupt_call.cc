#include "services/control/bulk_interrupt_call.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "services/control/answer_by.h"
#include "services/control/errors.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;

// Shorter than a second, so that a caller gets at least one report each second.
constexpr std::chrono::milliseconds kReportEvery{500};

constexpr char kGoesOn[] = "no further connection is closed; closes that have begun continue";

grpc::Status CallerLeft() {
  return Failure(grpc::StatusCode::CANCELLED, "CALLER_LEFT",
                 std::string("the caller cancelled the call or disconnected; ") + kGoesOn);
}

}  // namespace

BulkInterruptCall* BulkInterruptCall::Start(const Environment& environment,
                                            const grpc::CallbackServerContext& context,
                                            BulkInterruptOptions options, Slot slot, Audit audit) {
  const auto call = std::make_shared<BulkInterruptCall>(environment, std::move(slot), std::move(audit));
  call->self_ = call;
  // A connection may end after this call was destroyed.
  auto ended = [weak = call->weak_from_this()] {
    if (const auto alive = weak.lock()) alive->Post([alive] { alive->Advance(); });
  };
  call->run_ = std::make_unique<BulkInterrupt>(environment.registry, environment.clock, std::move(options),
                                               std::random_device()(), std::move(ended));
  call->next_report_ = environment.clock.Steady() + kReportEvery;
  call->Post([call, waiting_time = WaitingTime(context)] {
    if (waiting_time.has_value()) call->AwaitDeadline(*waiting_time);
    call->Advance();
  });
  return call.get();
}

BulkInterruptCall::BulkInterruptCall(const Environment& environment, Slot slot, Audit audit)
    : clock_(environment.clock),
      ban_keeper_(environment.ban_keeper),
      slot_(std::move(slot)),
      strand_(asio::make_strand(environment.pool)),
      timer_(strand_),
      deadline_(strand_),
      audit_(std::move(audit)) {}

template <typename Work>
void BulkInterruptCall::Post(Work work) {
  asio::post(strand_, std::move(work));
}

void BulkInterruptCall::OnWriteDone(bool ok) {
  Post([call = shared_from_this(), ok] {
    call->writing_ = false;
    if (!ok) return call->Leave(CallerLeft());
    if (call->deadline_over_) return call->Leave(DeadlineOver(kGoesOn));
    call->Advance();
  });
}

void BulkInterruptCall::OnCancel() {
  Post([call = shared_from_this()] { call->Leave(CallerLeft()); });
}

void BulkInterruptCall::Advance() {
  if (finished_) return;
  const auto next = run_->Work();
  if (run_->done()) return Complete();
  if (auto bans = run_->TakeBans(); !bans.empty()) MakeBans(std::move(bans));
  const SteadyTime now = clock_.Steady();
  if (now >= next_report_) Report(now);
  WakeUpAt(std::min(next.value_or(next_report_), next_report_));
}

// The bans are made even if the caller leaves meanwhile; then nothing is closed.
void BulkInterruptCall::MakeBans(std::vector<Ban> bans) {
  ban_keeper_.Lengthen(std::move(bans), [weak = weak_from_this()](const grpc::Status& status) {
    const auto call = weak.lock();
    if (call == nullptr) return;
    call->Post([call, status] {
      if (call->finished_) return;
      call->run_->BansMade(status);
      call->Advance();
    });
  });
}

// Skips a report while the previous one is being written, so that no queue grows for a slow caller.
void BulkInterruptCall::Report(SteadyTime now) {
  next_report_ = now + kReportEvery;
  if (writing_) return;
  writing_ = true;
  message_ = SerializeResponse(run_->Progress());
  StartWrite(&message_);
}

void BulkInterruptCall::Complete() {
  if (writing_) return;  // OnWriteDone leads here again
  const grpc::Status status = run_->status();
  Conclude(status);
  if (!status.ok()) return Finish(status);
  auto last = run_->Progress();
  last.set_done(true);
  message_ = SerializeResponse(last);
  StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
}

void BulkInterruptCall::AwaitDeadline(std::chrono::nanoseconds waiting_time) {
  deadline_.expires_after(waiting_time);
  deadline_.async_wait([call = shared_from_this()](const boost::system::error_code& error) {
    if (error) return;
    call->deadline_over_ = true;
    if (!call->writing_) call->Leave(DeadlineOver(kGoesOn));
  });
}

void BulkInterruptCall::Leave(const grpc::Status& status) {
  if (finished_) return;
  Conclude(status);
  run_.reset();
  Finish(status);
}

void BulkInterruptCall::Conclude(const grpc::Status& status) {
  finished_ = true;
  timer_.cancel();
  deadline_.cancel();
  audit_.Came(run_->Progress());
  audit_.Finish(status);
}

// Replaces an earlier time.
void BulkInterruptCall::WakeUpAt(SteadyTime time) {
  timer_.expires_after(time - clock_.Steady());
  timer_.async_wait([call = shared_from_this()](const boost::system::error_code& error) {
    if (!error) call->Advance();
  });
}

}  // namespace drawbridge
