// Finds out who calls and whether that one may: the one decision, whatever carries the call.
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

// What a call shows of its caller.
struct Presented {
  std::vector<std::string_view> authorization;  // the values of these headers
  std::string certificate;                      // the name in a verified certificate; empty: none
};

// Who calls.
struct Caller {
  std::string name;  // empty: nobody was asked
  Role role = Role::kOperator;

  // By which it was found, to find it again.
  std::optional<TokenDigest> token;
  std::string certificate;
  uint64_t generation = 0;
};

// Thread-safe; only Reload blocks.
class Authenticator {
 public:
  // RFC 6750 sets no bound; ours are some 50 characters long.
  static constexpr size_t kMaxToken = 512;

  // `path` is that of the file of known callers; empty: nobody is asked, everybody may do everything. Throws
  // CallersError.
  explicit Authenticator(std::string path = "");

  // Reads the file again, for all calls from here on. Throws CallersError, and then nothing is changed.
  // Returns how many may call.
  size_t Reload();

  // How many tokens and certificates may call.
  size_t size() const { return known()->size(); }
  bool asks() const { return !path_.empty(); }
  const std::string& path() const { return path_; }

  // OK, with the caller; or UNAUTHENTICATED, or PERMISSION_DENIED, which name what is wanted; then `caller`
  // has what is known. `method` is that of :path. A token, where there is one, says who calls, whatever the
  // certificate.
  grpc::Status Admit(std::string_view method, const Presented& presented, Caller* caller) const;

  // The same, once more, of a call that lasts: costs nothing while no file was read since.
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
