// Converts values of the data plane to messages of the control API.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CONVERT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CONVERT_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <optional>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/connection.h"

namespace drawbridge {

// Writes the current values of `connection`. Thread-safe. The counters of an open connection are read one
// after another, so they are not a consistent snapshot.
void Describe(const Connection& connection, const std::string& node_id, const Clock& clock,
              control::v1::Connection* out);

// Writes `connection` as it was in `state`. Values that exist only in a later state are omitted.
void Describe(const Connection& connection, ConnectionState state, const std::string& node_id,
              const Clock& clock, control::v1::Connection* out);

google::protobuf::Duration ToProto(std::chrono::nanoseconds duration);
google::protobuf::Timestamp ToProto(WallTime time);
// nullopt if the timestamp is malformed, before 1970 or after 2262.
std::optional<WallTime> FromProto(const google::protobuf::Timestamp& timestamp);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CONVERT_H_
