// Computes when to answer a waiting call so that the answer is sent before the deadline of the call.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_ANSWER_BY_H_
#define DRAWBRIDGE_SERVICES_CONTROL_ANSWER_BY_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "services/control/errors.h"

namespace drawbridge {

// gRPC 1.51 sends the trailers of a call twice if its deadline passes while the call waits. HTTP/2 forbids
// that, and clients that check it (hyper-h2, and so grpclib) close the connection with all other calls on it.
// A waiting call is therefore answered earlier: 15 ms before a deadline of up to 150 ms, 500 ms before one of
// 5 s or more, and a tenth of the time before others. It is never answered in the first half of its time.
inline std::chrono::nanoseconds WaitingTime(std::chrono::nanoseconds until_deadline) {
  using std::chrono::milliseconds;
  const auto margin =
      std::clamp<std::chrono::nanoseconds>(until_deadline / 10, milliseconds(15), milliseconds(500));
  return std::max<std::chrono::nanoseconds>(until_deadline - std::min(margin, until_deadline / 2),
                                            milliseconds(0));
}

// The time that the call may wait from now on; nullopt if it has no deadline.
inline std::optional<std::chrono::nanoseconds> WaitingTime(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return std::nullopt;
  return WaitingTime(deadline - std::chrono::system_clock::now());
}

// The status of a call that is answered because of its deadline. `goes_on` states what happens to the
// requested operation.
inline grpc::Status DeadlineOver(const std::string& goes_on) {
  return Failure(grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
                 "the deadline of the call has expired; " + goes_on);
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_ANSWER_BY_H_
