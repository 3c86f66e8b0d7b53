// The data plane's facts in the words of the control API.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CONVERT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CONVERT_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/connection.h"

namespace drawbridge {

// Writes what is known of `connection` now. Thread-safe. Counters of an open connection are each true, though
// not of one same instant.
void Describe(const Connection& connection, const std::string& node_id, const Clock& clock,
              control::v1::Connection* out);

// The same as of a moment when it was in `state`, or before: what is known only of a later state is left out.
void Describe(const Connection& connection, ConnectionState state, const std::string& node_id,
              const Clock& clock, control::v1::Connection* out);

google::protobuf::Duration ToProto(std::chrono::nanoseconds duration);
google::protobuf::Timestamp ToProto(WallTime time);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CONVERT_H_
