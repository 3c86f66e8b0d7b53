// Authenticates the callers of the control API and checks their roles. All kinds of calls use it.
#ifndef DRAWBRIDGE_SERVICES_AUTH_AUTHENTICATOR_H_
#define DRAWBRIDGE_SERVICES_AUTH_AUTHENTICATOR_H_

#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gateway/base/mutex.h"
#include "services/auth/known_callers.h"
#include "services/auth/role.h"

namespace drawbridge {

// The credentials of a call.
struct Presented {
  std::vector<std::string_view> authorization;  // the values of all authorization headers
  std::string certificate;                      // the name in a verified certificate; empty: none
};

// The caller of a call.
struct Caller {
  std::string name;  // empty: callers are not authenticated
  Role role = Role::kOperator;

  // The credential by which AdmitAgain finds the caller, and the version of the file at the last check.
  std::optional<TokenDigest> token;
  std::string certificate;
  uint64_t generation = 0;
};

// Thread-safe. Only the constructor and Reload block.
class Authenticator {
 public:
  // In bytes. RFC 6750 sets no limit. The tokens that drawbridgectl creates have about 50.
  static constexpr size_t kMaxToken = 512;

  // `path`: the file of known callers. Empty: callers are not authenticated and may call every method. Blocks
  // on the file system. Throws CallersError.
  explicit Authenticator(std::string path = "");

  // Reads the file again, for all later calls. Returns the number of known tokens and certificates. Throws
  // CallersError, and then changes nothing.
  size_t Reload();

  // The number of known tokens and certificates.
  size_t size() const { return known()->size(); }
  bool asks() const { return !path_.empty(); }
  const std::string& path() const { return path_; }

  // Returns OK, or UNAUTHENTICATED or PERMISSION_DENIED with what is required. Sets `caller`, after an error
  // to what is known of it. `method`: as in :path. A token takes precedence over a certificate.
  grpc::Status Admit(std::string_view method, const Presented& presented, Caller* caller) const;

  // Checks the caller of a long call again. Costs one atomic load if the file was not read since the last
  // check.
  grpc::Status AdmitAgain(std::string_view method, Caller* caller) const;

 private:
  std::shared_ptr<const KnownCallers> known() const;
  grpc::Status AdmitToken(std::string_view method, const TokenDigest& token, Caller* caller) const;
  grpc::Status AdmitCertificate(std::string_view method, const std::string& certificate,
                                Caller* caller) const;

  const std::string path_;
  std::atomic<uint64_t> generation_ = 0;
  mutable Mutex mu_;
  std::shared_ptr<const KnownCallers> known_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_AUTHENTICATOR_H_
