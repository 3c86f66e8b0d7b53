#include "tools/ctl/follow.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <memory>

#include "absl/time/clock.h"
#include "tools/ctl/errors.h"

namespace drawbridge::ctl {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(5);

class Follower {
 public:
  using Visit = std::function<bool(const v1::WatchConnectionsResponse&)>;
  using Warn = std::function<void(const std::string&)>;

  Follower(ControlClient& client, const FollowOptions& options, const Visit& visit, const Warn& warn)
      : client_(client), options_(options), visit_(visit), warn_(warn) {
    request_.set_filter(options.filter);
    request_.set_skip_snapshot(options.skip_snapshot);
  }

  grpc::Status Run() {
    while (true) {
      grpc::Status status = client_.Explain(ReadToTheEnd());
      if (left_) return grpc::Status::OK;
      if (!MayGoOn(status)) return status;
      Pause(status);
    }
  }

 private:
  // Reads one stream to its end.
  grpc::Status ReadToTheEnd() {
    grpc::ClientContext context;
    const auto reader = client_.stub().WatchConnections(&context, request_);
    v1::WatchConnectionsResponse event;
    while (!left_ && reader->Read(&event)) {
      began_ = true;
      pause_ = absl::ZeroDuration();
      last_event_ = absl::Now();
      if (!event.resume_token().empty()) request_.set_resume_token(event.resume_token());
      left_ = !visit_(event);
    }
    if (left_) context.TryCancel();
    return reader->Finish();
  }

  // The watch cannot resume at the token: the event history no longer reaches back to it, or the token is
  // from another node or process.
  static bool TokenIsLost(const grpc::Status& status) {
    return status.error_code() == grpc::StatusCode::OUT_OF_RANGE ||
           ReasonOf(status) == "RESUME_TOKEN_INVALID";
  }

  bool MayGoOn(const grpc::Status& status) {
    if (!began_ || absl::Now() - last_event_ > options_.retry_for) return false;
    if (TokenIsLost(status)) {
      // The request had no token, so the failure has another cause.
      if (request_.resume_token().empty()) return false;
      request_.clear_resume_token();
      request_.set_skip_snapshot(false);
      return true;
    }
    switch (status.error_code()) {
      case grpc::StatusCode::OK:
      case grpc::StatusCode::UNAVAILABLE:
      case grpc::StatusCode::RESOURCE_EXHAUSTED:
        return true;
      default:
        return false;
    }
  }

  void Pause(const grpc::Status& status) {
    if (TokenIsLost(status)) {
      warn_("events were missed; starting again with a snapshot (" + DescribeFailure(status) + ")");
    } else if (pause_ == absl::ZeroDuration()) {
      warn_("the watch was interrupted; resuming (" + DescribeFailure(status) + ")");
    }
    pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
    absl::SleepFor(pause_);
  }

  ControlClient& client_;
  const FollowOptions& options_;
  const Visit& visit_;
  const Warn& warn_;
  v1::WatchConnectionsRequest request_;
  bool began_ = false;  // an event was received
  bool left_ = false;   // `visit_` returned false
  absl::Time last_event_;
  absl::Duration pause_;  // the last pause; zero: none since the last event
};

}  // namespace

grpc::Status Follow(ControlClient& client, const FollowOptions& options, const Follower::Visit& visit,
                    const Follower::Warn& warn) {
  return Follower(client, options, visit, warn).Run();
}

}  // namespace drawbridge::ctl
