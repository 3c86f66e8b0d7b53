#include "services/control/watch_call.h"

#include <grpcpp/server_context.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "services/control/answer_by.h"
#include "services/control/errors.h"
#include "services/control/watches.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;

// A client that is too slow gets its status after the responses that are already written. If it reads nothing
// for this long, the call is cancelled without the status.
constexpr std::chrono::seconds kPatience{60};
// The same for a caller that is no longer admitted.
constexpr std::chrono::seconds kPatienceWithRevoked{1};

}  // namespace

WatchCall::WatchCall(Watches& watches, const Call& call, std::unique_ptr<WatchFeed> feed)
    : watches_(watches),
      context_(call.context),
      admitted_(call.admitted),
      feed_(std::move(feed)),
      last_token_(feed_->token()),
      waiting_time_(WaitingTime(*call.context)),
      deadline_(watches.loop_) {}

WatchCall::~WatchCall() { Forget(); }

void WatchCall::Start() {
  if (waiting_time_.has_value()) {
    deadline_.expires_after(*waiting_time_);
    deadline_.async_wait([this](const boost::system::error_code& error) {
      if (!error) DeadlineIsNear();
    });
  }
  Step();
}

void WatchCall::Step() {
  if (ended_ || writing_) return;
  if (rows_.empty() && !Fill()) return;
  if (rows_.empty()) {
    if (!feed_->idle()) return asio::post(watches_.loop_, [this] { Step(); });
    if (watches_.ending_) End(NodeGone());
    return;
  }
  writing_ = true;
  last_token_ = rows_.front().token;
  StartWrite(&rows_.front().bytes);
}

bool WatchCall::Fill() {
  if (doom_.has_value() || feed_->lags()) {
    End(doom_.has_value() ? *doom_ : TooSlow());
    return false;
  }
  std::vector<control::v1::WatchConnectionsResponse> responses;
  if (const grpc::Status status = feed_->Next(&responses); !status.ok()) {
    End(status);
    return false;
  }
  for (auto& response : responses) {
    rows_.push_back({SerializeResponse(response), std::move(*response.mutable_resume_token())});
    watches_.queued_bytes_ += rows_.back().bytes.Length();
  }
  return true;
}

void WatchCall::Wake() {
  if (ended_) return;
  if (const grpc::Status status = admitted_(); !status.ok() && !std::exchange(revoked_, true))
    Doom(status, kPatienceWithRevoked);
  if (!writing_) return Step();
  if (feed_ != nullptr && feed_->lags()) Doom(TooSlow(), kPatience);
  if (doom_.has_value() && watches_.clock_.Steady() > cut_time_) context_->TryCancel();
}

// A client that does not read gets no status: gRPC ends the call at its deadline.
void WatchCall::DeadlineIsNear() {
  if (ended_) return;
  Doom(DeadlineOver("resume from the last response's resume_token"), kPatience);
  Step();
}

// The call ends with `why` after the response that gRPC already has, or is cancelled after `patience`.
void WatchCall::Doom(const grpc::Status& why, std::chrono::nanoseconds patience) {
  doom_ = why;
  cut_time_ = watches_.clock_.Steady() + patience;
  feed_.reset();
  while (rows_.size() > (writing_ ? 1 : 0)) Pop();
}

void WatchCall::OnWriteDone(bool ok) {
  asio::post(watches_.loop_, [this, ok] { Written(ok); });
}

void WatchCall::OnCancel() {
  asio::post(watches_.loop_, [this] {
    // During a write Written is called next and ends the call.
    if (!writing_) End(grpc::Status::CANCELLED);
  });
}

void WatchCall::OnDone() {
  asio::post(watches_.loop_, [this] { watches_.Remove(this); });
}

void WatchCall::Written(bool ok) {
  writing_ = false;
  watches_.queued_bytes_ -= rows_.front().bytes.Length();
  rows_.pop_front();
  if (!ok || context_->IsCancelled()) return End(grpc::Status::CANCELLED);
  Step();
}

// Removes the last row.
void WatchCall::Pop() {
  watches_.queued_bytes_ -= rows_.back().bytes.Length();
  rows_.pop_back();
}

void WatchCall::Forget() {
  while (!rows_.empty()) Pop();
  feed_.reset();
}

void WatchCall::End(const grpc::Status& status) {
  if (std::exchange(ended_, true)) return;
  deadline_.cancel();
  Forget();
  Finish(status);
}

grpc::Status WatchCall::TooSlow() const {
  const std::string token = absl::Base64Escape(last_token_);
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "WATCH_TOO_SLOW",
                 "the client reads too slowly: resume from the last resume_token, in base64 " + token,
                 {{"resume_token", token}});
}

}  // namespace drawbridge
