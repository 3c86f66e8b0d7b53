#include "services/control/watch_call.h"

#include <grpcpp/server_context.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "services/control/errors.h"
#include "services/control/watches.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;

// A client that was too slow can hear of it only behind what was written for it. One that reads nothing for
// so long hears no more.
constexpr std::chrono::seconds kPatience{60};

}  // namespace

WatchCall::WatchCall(Watches& watches, grpc::CallbackServerContext* context, std::unique_ptr<WatchFeed> feed)
    : watches_(watches), context_(context), feed_(std::move(feed)), last_token_(feed_->token()) {}

WatchCall::~WatchCall() { Forget(); }

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
  if (feed_ == nullptr || feed_->lags()) {
    End(TooSlow());
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
  if (!writing_) return Step();
  if (feed_ != nullptr && feed_->lags()) {
    too_slow_since_ = watches_.clock_.Steady();
    feed_.reset();
    while (rows_.size() > 1) Pop();  // what gRPC has it keeps
  }
  if (too_slow_since_.has_value() && watches_.clock_.Steady() - *too_slow_since_ > kPatience)
    context_->TryCancel();
}

void WatchCall::OnWriteDone(bool ok) {
  asio::post(watches_.loop_, [this, ok] { Written(ok); });
}

void WatchCall::OnCancel() {
  asio::post(watches_.loop_, [this] {
    // While a write is under way its end comes next, and says the same.
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

// The last one.
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
  Forget();
  Finish(status);
}

grpc::Status WatchCall::NodeGone() {
  return Failure(grpc::StatusCode::UNAVAILABLE, "NODE_GONE",
                 "the node is going away, and its connections with it");
}

grpc::Status WatchCall::TooSlow() const {
  const std::string token = absl::Base64Escape(last_token_);
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "WATCH_TOO_SLOW",
                 "responses are read too slowly: resume from the last one's resume_token, in base64 " + token,
                 {{"resume_token", token}});
}

}  // namespace drawbridge
