// A unary call that is answered after an event on the data plane.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WAITING_CALL_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WAITING_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "services/control/answer_by.h"
#include "services/control/audit.h"
#include "services/control/errors.h"

namespace drawbridge {

// Waits for its event, for a cancellation or for its deadline, whichever is first. Owns itself.
class WaitingCall final : public grpc::ServerUnaryReactor {
 public:
  // `audit` may be null. `goes_on` states what happens to the operation if the call is cancelled or its
  // deadline passes; it is part of the error. In these cases `forget` is called to end the wait.
  WaitingCall(boost::asio::thread_pool& answers, std::shared_ptr<Audit> audit, std::string goes_on,
              std::function<void()> forget = {})
      : answers_(answers),
        audit_(std::move(audit)),
        goes_on_(std::move(goes_on)),
        forget_(std::move(forget)),
        deadline_(answers) {}

  // Must be called once, as the last step: from here on the call is answered shortly before its deadline if
  // it is not answered before. Returns the reactor for gRPC.
  grpc::ServerUnaryReactor* Wait(const grpc::CallbackServerContext& context) {
    const auto waiting_time = WaitingTime(context);
    if (!waiting_time.has_value()) return this;
    deadline_.expires_after(*waiting_time);
    deadline_.async_wait([this, answered = answered_](const boost::system::error_code& error) {
      if (!error && !answered->exchange(true)) GiveUp(DeadlineOver(goes_on_));
    });
    return this;
  }

  // The returned function may be called at most once, on any thread. It does not block. It finishes the call
  // on a thread of `answers` with the result of `answer`, unless the call is already answered. It may outlive
  // the call.
  std::function<void(std::function<grpc::Status()> answer)> Answerer() {
    // Only the thread that sets `answered` first may access the call. Afterwards the call may be destroyed.
    return [this, answered = answered_, &answers = answers_](std::function<grpc::Status()> answer) {
      boost::asio::post(answers, [this, answered, answer = std::move(answer)] {
        if (!answered->exchange(true)) End(answer());
      });
    };
  }

  // Finishes the call on the calling thread, unless it is already answered.
  void AnswerNow(const grpc::Status& status) {
    if (!answered_->exchange(true)) End(status);
  }

  void OnCancel() override {
    if (answered_->exchange(true)) return;
    GiveUp(Failure(grpc::StatusCode::CANCELLED, "CALLER_LEFT",
                   "the caller cancelled the call or disconnected; " + goes_on_));
  }

  void OnDone() override { delete this; }

 private:
  void GiveUp(const grpc::Status& status) {
    if (forget_) forget_();
    End(status);
  }

  void End(const grpc::Status& status) {
    if (audit_ != nullptr) audit_->Finish(status);
    Finish(status);
  }

  boost::asio::thread_pool& answers_;
  const std::shared_ptr<Audit> audit_;
  const std::string goes_on_;
  const std::function<void()> forget_;
  boost::asio::steady_timer deadline_;
  const std::shared_ptr<std::atomic<bool>> answered_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WAITING_CALL_H_
