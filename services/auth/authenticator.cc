#include "services/auth/authenticator.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "gateway/base/ascii.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

constexpr std::string_view kScheme = "bearer ";

grpc::Status Unauthenticated(std::string_view reason, const std::string& message) {
  return Failure(grpc::StatusCode::UNAUTHENTICATED, reason, message);
}

// Extracts the token from the only header. The scheme is case-insensitive (RFC 9110, section 11.1).
grpc::Status TokenOf(const std::vector<std::string_view>& authorization, std::string_view* token) {
  if (authorization.size() > 1) {
    return Unauthenticated(
        "AUTHORIZATION_REPEATED",
        fmt::format("authorization is given {} times: must be given once", authorization.size()));
  }
  const std::string_view value = authorization.front();
  if (ToLower(value.substr(0, kScheme.size())) != kScheme)
    return Unauthenticated("AUTHORIZATION_MALFORMED", "authorization must be \"Bearer TOKEN\"");
  *token = value.substr(kScheme.size());
  if (token->empty() || token->size() > Authenticator::kMaxToken) {
    return Unauthenticated("TOKEN_MALFORMED", fmt::format("the token has {} bytes: must have 1 to {}",
                                                          token->size(), Authenticator::kMaxToken));
  }
  return grpc::Status::OK;
}

// Checks the role of the caller that was found. Returns `unknown` if none was found.
grpc::Status Judge(std::string_view method, const Principal* found, const grpc::Status& unknown,
                   Caller* caller) {
  if (found == nullptr) return unknown;
  caller->name = found->name;
  caller->role = found->role;
  const auto needed = RoleNeeded(method);
  if (!needed.has_value() || found->role >= *needed) return grpc::Status::OK;
  const std::string role(NameOf(found->role));
  const std::string wanted(NameOf(*needed));
  return Failure(grpc::StatusCode::PERMISSION_DENIED, "ROLE_INSUFFICIENT",
                 fmt::format("{} needs the role {}: \"{}\" has {}", method, wanted, found->name, role),
                 {{"method", std::string(method)}, {"role", role}, {"role_needed", wanted}});
}

KnownCallers Read(const std::string& path) {
  bool exposed = false;
  KnownCallers known = KnownCallers::Parse(ReadCallersFile(path, &exposed));
  if (exposed) {
    spdlog::warn("{} can be read or written by users other than its owner and group: run chmod o= on it",
                 path);
  }
  return known;
}

}  // namespace

Authenticator::Authenticator(std::string path) : path_(std::move(path)) {
  if (asks()) Reload();
}

size_t Authenticator::Reload() {
  auto fresh = std::make_shared<const KnownCallers>(Read(path_));
  const size_t size = fresh->size();
  {
    MutexLock lock(mu_);
    known_.swap(fresh);
  }
  ++generation_;  // after the change, so that a thread that reads the new number finds the new callers
  return size;
}

std::shared_ptr<const KnownCallers> Authenticator::known() const {
  MutexLock lock(mu_);
  return known_;
}

grpc::Status Authenticator::Admit(std::string_view method, const Presented& presented, Caller* caller) const {
  *caller = Caller{.generation = generation_};
  if (!asks() || !RoleNeeded(method).has_value()) return grpc::Status::OK;
  if (!presented.authorization.empty()) {
    std::string_view token;
    if (grpc::Status status = TokenOf(presented.authorization, &token); !status.ok()) return status;
    caller->token = DigestOf(token);
    return AdmitToken(method, *caller->token, caller);
  }
  if (!presented.certificate.empty()) {
    caller->certificate = presented.certificate;
    return AdmitCertificate(method, caller->certificate, caller);
  }
  return Unauthenticated("CREDENTIALS_MISSING",
                         "the caller is not authenticated: a token (authorization: Bearer TOKEN) or a "
                         "client certificate is required");
}

grpc::Status Authenticator::AdmitAgain(std::string_view method, Caller* caller) const {
  const uint64_t generation = generation_;
  if (caller->generation == generation) return grpc::Status::OK;
  grpc::Status status;
  if (caller->token.has_value()) {
    status = AdmitToken(method, *caller->token, caller);
  } else if (!caller->certificate.empty()) {
    status = AdmitCertificate(method, caller->certificate, caller);
  }
  if (status.ok()) caller->generation = generation;
  return status;
}

grpc::Status Authenticator::AdmitToken(std::string_view method, const TokenDigest& token,
                                       Caller* caller) const {
  const auto callers = known();
  return Judge(method, callers->FindToken(token),
               Unauthenticated("TOKEN_UNKNOWN", "the token is unknown or was revoked"), caller);
}

grpc::Status Authenticator::AdmitCertificate(std::string_view method, const std::string& certificate,
                                             Caller* caller) const {
  const auto callers = known();
  return Judge(
      method, callers->FindCertificate(certificate),
      Unauthenticated("CERTIFICATE_UNKNOWN",
                      fmt::format("the client certificate of {} has no role, or its role was revoked",
                                  Quoted(certificate))),
      caller);
}

}  // namespace drawbridge
