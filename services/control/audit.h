// The line that every call which changes something leaves in the log: who called, what was asked for, what
// came of it, and how long it took.
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

// Of one call. Not thread-safe: each step of a call comes after the one before. A payload is never in it, and
// of a long text only the beginning.
class Audit {
 public:
  // `method` is a literal. The clock must outlive it.
  Audit(std::string_view method, std::string_view caller, const Clock& clock);
  // The caller is known by its name, or else by its address.
  Audit(std::string_view method, const Call& call, const Clock& clock);

  void Asked(const control::v1::InterruptConnectionRequest& request);
  void Asked(const control::v1::InterruptConnectionsRequest& request);
  void Asked(const control::v1::UpdateConnectionRequest& request);
  void Asked(const control::v1::SendMessageRequest& request);
  void Asked(const control::v1::BroadcastMessageRequest& request);
  void Asked(const control::v1::DrainNodeRequest& request);
  void Asked(const control::v1::ResumeNodeRequest& request);

  void Came(const control::v1::InterruptConnectionResponse& response);
  void Came(const control::v1::InterruptConnectionsResponse& response);
  void Came(const control::v1::UpdateConnectionResponse& response);
  void Came(const control::v1::SendMessageResponse& response);
  void Came(const control::v1::BroadcastMessageResponse& response);
  void Came(const control::v1::DrainNodeResponse& response);

  // Writes the line. Once, when the call is answered.
  void Finish(const grpc::Status& status);

 private:
  void Add(LogField field);
  template <typename Request>
  void AskedToClose(const Request& request);
  void AskedToSend(const control::v1::Message& message);

  const Clock& clock_;
  const SteadyTime begin_;
  std::vector<LogField> fields_;
  std::vector<LogField> results_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_AUDIT_H_
