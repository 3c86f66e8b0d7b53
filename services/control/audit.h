// Writes the audit line of each call that changes something: caller, parameters, result and duration.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_AUDIT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_AUDIT_H_

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>
#include <vector>

#include "drawbridge/control/v1/control.pb.h"
#include "drawbridge/control/v1/node.pb.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "services/auth/guard.h"

namespace drawbridge {

// The audit line of one call. Not thread-safe: the steps of a call run one after another. It never contains a
// payload and truncates long values.
class Audit {
 public:
  // `method` must be a string literal. `clock` must outlive this object.
  Audit(std::string_view method, std::string_view caller, const Clock& clock);
  // Logs the name and the address of the caller, or only the address if it has no name.
  Audit(std::string_view method, const Call& call, const Clock& clock);

  // Adds the fields of the request that are set.
  void Asked(const control::v1::InterruptConnectionRequest& request);
  void Asked(const control::v1::InterruptConnectionsRequest& request);
  void Asked(const control::v1::UpdateConnectionRequest& request);
  void Asked(const control::v1::SendMessageRequest& request);
  void Asked(const control::v1::BroadcastMessageRequest& request);
  void Asked(const control::v1::CreateBanRequest& request);
  void Asked(const control::v1::DeleteBanRequest& request);
  void Asked(const control::v1::DrainNodeRequest& request);
  void Asked(const control::v1::ResumeNodeRequest& request);

  // Stores the result. A later result replaces it.
  void Came(const control::v1::InterruptConnectionResponse& response);
  void Came(const control::v1::InterruptConnectionsResponse& response);
  void Came(const control::v1::UpdateConnectionResponse& response);
  void Came(const control::v1::SendMessageResponse& response);
  void Came(const control::v1::BroadcastMessageResponse& response);
  void Came(const control::v1::CreateBanResponse& response);
  void Came(const control::v1::DrainNodeResponse& response);

  // Writes the line. Must be called once, when the call is answered.
  void Finish(const grpc::Status& status);

 private:
  void Add(LogField field);
  template <typename Request>
  void AskedToClose(const Request& request);
  void AskedToBan(const control::v1::Ban& ban);
  void AskedToSend(const control::v1::Message& message);

  const Clock& clock_;
  const SteadyTime begin_;
  std::vector<LogField> fields_;
  std::vector<LogField> results_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_AUDIT_H_
