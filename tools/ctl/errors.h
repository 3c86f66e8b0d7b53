// Reports a failure as one line on standard error and as an exit code.
#ifndef DRAWBRIDGE_TOOLS_CTL_ERRORS_H_
#define DRAWBRIDGE_TOOLS_CTL_ERRORS_H_

#include <google/protobuf/repeated_ptr_field.h>
#include <grpcpp/support/status.h>

#include <string>

#include "tools/ctl/exit_code.h"

namespace drawbridge::ctl {

ExitCode ExitCodeOf(const grpc::Status& status);

// The reason of the status's google.rpc.ErrorInfo; empty if it has none.
std::string ReasonOf(const grpc::Status& status);

// The status code, the reason of its google.rpc.ErrorInfo, the fields of its google.rpc.BadRequest and its
// message: "NOT_FOUND CONNECTION_NOT_FOUND: no connection ...". One printable line without a line feed.
std::string DescribeFailure(const grpc::Status& status);

// Writes the failure to standard error, unless the status is OK. Returns the exit code of the status.
ExitCode Report(const grpc::Status& status);

// Writes one line to standard error, made printable.
void Complain(const std::string& what);

// Writes a line for each node that did not answer. Returns kOk if `nodes` is empty.
ExitCode ReportUnreachable(const google::protobuf::RepeatedPtrField<std::string>& nodes);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_ERRORS_H_
