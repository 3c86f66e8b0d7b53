#include "services/control/drain_call.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "services/control/answer_by.h"
#include "services/control/errors.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

constexpr std::chrono::milliseconds kReportEvery{500};

constexpr char kGoesOn[] = "the drain continues";

grpc::Status CallerLeft() {
  return Failure(grpc::StatusCode::CANCELLED, "CALLER_LEFT",
                 std::string("the caller cancelled the call or disconnected; ") + kGoesOn);
}

}  // namespace

DrainCall* DrainCall::Start(const Environment& environment, const grpc::CallbackServerContext& context,
                            Slot slot, Audit audit) {
  const auto call = std::make_shared<DrainCall>(environment, std::move(slot), std::move(audit));
  call->self_ = call;
  // The drainer may call back after this call was destroyed.
  const auto on_strand = [weak = call->weak_from_this()](void (DrainCall::*step)()) {
    return [weak, step] {
      if (const auto alive = weak.lock()) alive->Post([alive, step] { (*alive.*step)(); });
    };
  };
  if (const auto waiting_time = WaitingTime(context))
    call->Post([call, waiting_time] { call->AwaitDeadline(*waiting_time); });
  environment.drainer.WhenBegun(on_strand(&DrainCall::Report));
  call->handle_ = environment.drainer.WhenOver(on_strand(&DrainCall::Over));
  return call.get();
}

DrainCall::DrainCall(const Environment& environment, Slot slot, Audit audit)
    : environment_(environment),
      slot_(std::move(slot)),
      strand_(boost::asio::make_strand(environment.pool)),
      timer_(strand_),
      deadline_(strand_),
      audit_(std::move(audit)) {}

template <typename Work>
void DrainCall::Post(Work work) {
  boost::asio::post(strand_, std::move(work));
}

void DrainCall::OnWriteDone(bool ok) {
  Post([call = shared_from_this(), ok] {
    call->writing_ = false;
    if (!ok) return call->Leave(CallerLeft());
    if (call->deadline_over_) return call->Leave(DeadlineOver(kGoesOn));
    call->Advance();
  });
}

void DrainCall::OnCancel() {
  Post([call = shared_from_this()] { call->Leave(CallerLeft()); });
}

void DrainCall::Over() {
  over_ = true;
  Advance();
}

void DrainCall::Advance() {
  if (over_ && !writing_ && !finished_) Complete();
}

// Skips a report while the previous one is being written, so that no queue grows for a slow caller.
void DrainCall::Report() {
  if (finished_) return;
  if (!writing_ && !over_) {
    writing_ = true;
    message_ = SerializeResponse(Progress());
    StartWrite(&message_);
  }
  timer_.expires_after(kReportEvery);
  timer_.async_wait([call = shared_from_this()](const boost::system::error_code& error) {
    if (!error) call->Report();
  });
}

void DrainCall::Complete() {
  if (environment_.drainer.state() == NodeState::kServing) {
    const grpc::Status status =
        Failure(grpc::StatusCode::ABORTED, "NODE_RESUMED", "the node was taken back into service");
    Conclude(status);
    return Finish(status);
  }
  Conclude(grpc::Status::OK);
  auto last = Progress();
  last.set_done(true);
  message_ = SerializeResponse(last);
  StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
}

void DrainCall::AwaitDeadline(std::chrono::nanoseconds waiting_time) {
  deadline_.expires_after(waiting_time);
  deadline_.async_wait([call = shared_from_this()](const boost::system::error_code& error) {
    if (error) return;
    call->deadline_over_ = true;
    if (!call->writing_) call->Leave(DeadlineOver(kGoesOn));
  });
}

void DrainCall::Leave(const grpc::Status& status) {
  if (finished_) return;
  environment_.drainer.Forget(handle_);
  Conclude(status);
  Finish(status);
}

void DrainCall::Conclude(const grpc::Status& status) {
  finished_ = true;
  timer_.cancel();
  deadline_.cancel();
  audit_.Came(Progress());
  audit_.Finish(status);
}

control::v1::DrainNodeResponse DrainCall::Progress() const {
  control::v1::DrainNodeResponse response;
  *response.mutable_node() = environment_.describe();
  response.set_closed_count(environment_.drainer.told());
  response.set_remaining_count(response.node().open_connections());
  return response;
}

}  // namespace drawbridge
