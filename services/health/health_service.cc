#include "services/health/health_service.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "services/control/answer_by.h"
#include "services/control/errors.h"
#include "services/control/refused_stream.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;
namespace v1 = grpc::health::v1;

grpc::ByteBuffer ResponseOf(v1::HealthCheckResponse::ServingStatus status) {
  v1::HealthCheckResponse response;
  response.set_status(status);
  return SerializeResponse(response);
}

grpc::Status UnknownService(const std::string& name) {
  return Failure(grpc::StatusCode::NOT_FOUND, "SERVICE_UNKNOWN",
                 fmt::format("service is {}: there is no such service", Quoted(name)));
}

grpc::Status TooManyWatches() {
  return Failure(
      grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_WATCHES",
      fmt::format("{} calls of Watch are under way: no more are taken", HealthService::kMaxWatches));
}

}  // namespace

// One call of Watch. Its state is used on the service's thread only, so there is no lock: gRPC's callbacks
// post to that thread. It is destroyed after everything that was posted for it.
class HealthService::Watch final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  Watch(HealthService& service, std::string name, Slot slot)
      : service_(service), name_(std::move(name)), slot_(std::move(slot)), deadline_(service.thread_) {}

  void Start(std::optional<std::chrono::nanoseconds> may_wait) {
    service_.watches_.insert(this);
    if (may_wait.has_value()) {
      deadline_.expires_after(*may_wait);
      deadline_.async_wait([this](const boost::system::error_code& error) {
        if (!error) EndWith(DeadlineOver("the watch ends"));
      });
    }
    Step();
  }

  // Sends the status if it differs from the last one sent.
  void Step() {
    if (writing_ || ended_) return;
    if (end_.has_value()) return End(*end_);
    const Status now = service_.StatusOf(name_);
    if (now != told_) {
      told_ = now;
      writing_ = true;
      message_ = ResponseOf(now);
      StartWrite(&message_);
    } else if (service_.ending_) {
      End(NodeGone());
    }
  }

  // gRPC calls these on any thread.
  void OnWriteDone(bool ok) override {
    asio::post(service_.thread_, [this, ok] {
      writing_ = false;
      ok ? Step() : End(grpc::Status::CANCELLED);
    });
  }
  void OnCancel() override {
    asio::post(service_.thread_, [this] { EndWith(grpc::Status::CANCELLED); });
  }
  void OnDone() override {
    asio::post(service_.thread_, [this] {
      service_.watches_.erase(this);
      delete this;
    });
  }

 private:
  // Ends the call as soon as no write is in progress: gRPC does not allow Finish before.
  void EndWith(const grpc::Status& status) {
    if (!end_.has_value()) end_ = status;
    Step();
  }
  void End(const grpc::Status& status) {
    if (std::exchange(ended_, true)) return;
    deadline_.cancel();
    Finish(status);
  }

  HealthService& service_;
  const std::string name_;
  const Slot slot_;
  asio::steady_timer deadline_;
  grpc::ByteBuffer message_;  // the one that is being written
  std::optional<Status> told_;
  std::optional<grpc::Status> end_;  // for Finish, after the current write
  bool writing_ = false;
  bool ended_ = false;
};

HealthService::HealthService(Guard* guard, const std::vector<std::string>& services) : service_(guard) {
  for (const std::string& name : services) statuses_[name] = v1::HealthCheckResponse::NOT_SERVING;
  service_.BindUnary("Check", std::bind_front(&HealthService::Check, this));
  service_.BindStreaming("Watch", std::bind_front(&HealthService::StartWatch, this));
}

HealthService::~HealthService() { thread_.join(); }

void HealthService::Set(const std::string& name, bool serving) {
  const Status status = serving ? v1::HealthCheckResponse::SERVING : v1::HealthCheckResponse::NOT_SERVING;
  if (statuses_.at(name).exchange(status) == status) return;
  asio::post(thread_, [this] { StepAll(); });
}

void HealthService::EndWatches() {
  ending_ = true;
  asio::post(thread_, [this] { StepAll(); });
}

void HealthService::StepAll() {
  for (Watch* const watch : watches_) watch->Step();
}

HealthService::Status HealthService::StatusOf(const std::string& name) const {
  const auto found = statuses_.find(name);
  return found == statuses_.end() ? v1::HealthCheckResponse::SERVICE_UNKNOWN : found->second.load();
}

grpc::ServerUnaryReactor* HealthService::Check(const Call& call, const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) {
  v1::HealthCheckRequest parsed;
  grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok()) {
    const Status serving = StatusOf(parsed.service());
    if (serving == v1::HealthCheckResponse::SERVICE_UNKNOWN) status = UnknownService(parsed.service());
    *response = ResponseOf(serving);
  }
  grpc::ServerUnaryReactor* const reactor = call.context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* HealthService::StartWatch(const Call& call,
                                                                      const grpc::ByteBuffer* request) {
  v1::HealthCheckRequest parsed;
  if (const grpc::Status status = ParseRequest(*request, parsed); !status.ok())
    return new RefusedStream(status);
  Slot slot = slots_.Take();
  if (!slot) return new RefusedStream(TooManyWatches());
  auto* const watch = new Watch(*this, parsed.service(), std::move(slot));
  asio::post(thread_, [watch, may_wait = WaitingTime(*call.context)] { watch->Start(may_wait); });
  return watch;
}

}  // namespace drawbridge
