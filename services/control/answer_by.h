// When to answer a call that waits, so that its deadline never comes first.
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

// gRPC 1.51 sends the trailers of a call twice when its deadline passes while it waits. HTTP/2 forbids that,
// and clients that check it (hyper-h2, so grpclib) close the connection with all other calls on it. So a call
// that waits is answered a moment earlier: 15 ms before a deadline of up to 150 ms, half a second before one
// of 5 s or more, a tenth of the time between; and never in the first half of its time.
inline std::chrono::nanoseconds WaitingTime(std::chrono::nanoseconds until_deadline) {
  using std::chrono::milliseconds;
  const auto margin =
      std::clamp<std::chrono::nanoseconds>(until_deadline / 10, milliseconds(15), milliseconds(500));
  return std::max<std::chrono::nanoseconds>(until_deadline - std::min(margin, until_deadline / 2),
                                            milliseconds(0));
}

// How long this call may wait from now on; nullopt: for ever.
inline std::optional<std::chrono::nanoseconds> WaitingTime(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return std::nullopt;
  return WaitingTime(deadline - std::chrono::system_clock::now());
}

// The answer then. `goes_on`: what becomes of what was asked for.
inline grpc::Status DeadlineOver(const std::string& goes_on) {
  return Failure(grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
                 "the deadline of the call is over; " + goes_on);
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_ANSWER_BY_H_
