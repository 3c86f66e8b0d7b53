#include "services/auth/guard.h"

#include <grpc/grpc_security.h>
#include <spdlog/common.h>

#include <memory>
#include <utility>
#include <vector>

#include "gateway/base/log.h"
#include "services/auth/peer_certificate.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

constexpr uint64_t kLinesPerSecond = 10;

Presented PresentedBy(grpc::CallbackServerContext* context) {
  Presented presented;
  const auto [begin, end] = context->client_metadata().equal_range("authorization");
  for (auto header = begin; header != end; ++header)
    presented.authorization.emplace_back(header->second.data(), header->second.size());
  const std::unique_ptr<grpc_auth_context, decltype(&grpc_auth_context_release)> peer(
      grpc_call_auth_context(context->c_call()), &grpc_auth_context_release);
  presented.certificate = CertificateName(peer.get());
  return presented;
}

}  // namespace

Guard::Guard(const Authenticator* authenticator, const Clock* clock)
    : authenticator_(*authenticator), clock_(*clock), lines_(kLinesPerSecond) {}

grpc::Status Guard::Admit(std::string_view method, const Presented& presented, std::string_view peer,
                          Caller* caller) {
  if (door_ != Door::kOpen) return NodeGone();
  grpc::Status status = authenticator_.Admit(method, presented, caller);
  if (!status.ok()) Tell(method, peer, *caller, status);
  return status;
}

grpc::Status Guard::Admit(const std::string& method, grpc::CallbackServerContext* context, Call* call) {
  call->context = context;
  if (door_ != Door::kOpen) return NodeGone();
  Caller caller;
  if (authenticator_.asks()) {
    if (grpc::Status status = Admit(method, PresentedBy(context), context->peer(), &caller); !status.ok())
      return status;
  }
  call->caller = caller.name;
  call->admitted = [this, method, caller = std::move(caller)]() mutable {
    return authenticator_.AdmitAgain(method, &caller);
  };
  return grpc::Status::OK;
}

void Guard::Tell(std::string_view method, std::string_view peer, const Caller& caller,
                 const grpc::Status& status) {
  const auto suppressed = lines_.Take(clock_.Steady());
  if (!suppressed.has_value()) return;
  std::vector<LogField> fields{{"method", method.substr(method.rfind('/') + 1)}};
  if (!caller.name.empty()) fields.emplace_back("caller", caller.name);
  if (!peer.empty()) fields.emplace_back("peer", peer);
  fields.emplace_back("status", NameOf(status.error_code()));
  fields.emplace_back("error", ReasonOf(status));
  fields.emplace_back("detail", status.error_message());
  if (*suppressed != 0) fields.emplace_back("suppressed", *suppressed);
  LogEvent(spdlog::level::warn, "audit", fields);
}

}  // namespace drawbridge
