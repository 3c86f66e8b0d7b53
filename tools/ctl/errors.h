// Failures, in one line for people and in the exit code for scripts.
#ifndef DRAWBRIDGE_TOOLS_CTL_ERRORS_H_
#define DRAWBRIDGE_TOOLS_CTL_ERRORS_H_

#include <google/protobuf/repeated_ptr_field.h>
#include <grpcpp/support/status.h>

#include <string>

#include "tools/ctl/exit_code.h"

namespace drawbridge::ctl {

ExitCode ExitCodeOf(const grpc::Status& status);

// The reason of its google.rpc.ErrorInfo; empty where there is none.
std::string ReasonOf(const grpc::Status& status);

// The status, the reason of its google.rpc.ErrorInfo, the fields of its google.rpc.BadRequest, its message:
// "NOT_FOUND CONNECTION_NOT_FOUND: no connection ...". One printable line without its end.
std::string DescribeFailure(const grpc::Status& status);

// Writes it to the standard error, unless the status is OK.
ExitCode Report(const grpc::Status& status);

// One line to the standard error, made printable.
void Complain(const std::string& what);

// Complains of each node that did not answer; kOk where there is none.
ExitCode ReportUnreachable(const google::protobuf::RepeatedPtrField<std::string>& nodes);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_ERRORS_H_
