// A unary call that is answered when something has happened on the data plane.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WAITING_CALL_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WAITING_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "services/control/audit.h"
#include "services/control/errors.h"

namespace drawbridge {

// Waits for what it is about, or for its own caller to lose patience, whichever is first. Owns itself.
class WaitingCall final : public grpc::ServerUnaryReactor {
 public:
  // `audit` may be null. `left`: what a caller who leaves is told of what goes on without it. `forget`: ends
  // the waiting then.
  WaitingCall(boost::asio::thread_pool& answers, std::shared_ptr<Audit> audit, std::string left,
              std::function<void()> forget = {})
      : answers_(answers), audit_(std::move(audit)), left_(std::move(left)), forget_(std::move(forget)) {}

  // To be called once at most, on any thread and without blocking: finishes the call on a thread of `answers`
  // with what `answer` returns there, unless the caller has left. May outlive the call.
  std::function<void(std::function<grpc::Status()> answer)> Answerer() {
    // Whoever sets `answered` first may touch the call; the other must not, for it may be destroyed by then.
    return [this, answered = answered_, &answers = answers_](std::function<grpc::Status()> answer) {
      boost::asio::post(answers, [this, answered, answer = std::move(answer)] {
        if (!answered->exchange(true)) End(answer());
      });
    };
  }

  // The same, at once.
  void AnswerNow(const grpc::Status& status) {
    if (!answered_->exchange(true)) End(status);
  }

  void OnCancel() override {
    if (answered_->exchange(true)) return;
    if (forget_) forget_();
    End(Failure(grpc::StatusCode::CANCELLED, "CALLER_LEFT", left_));
  }

  void OnDone() override { delete this; }

 private:
  void End(const grpc::Status& status) {
    if (audit_ != nullptr) audit_->Finish(status);
    Finish(status);
  }

  boost::asio::thread_pool& answers_;
  const std::shared_ptr<Audit> audit_;
  const std::string left_;
  const std::function<void()> forget_;
  const std::shared_ptr<std::atomic<bool>> answered_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WAITING_CALL_H_
