// InterruptConnection as plain functions: parses the request, closes the connection and reports the outcome.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_INTERRUPT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_INTERRUPT_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/close.h"
#include "gateway/connections/registry.h"

namespace drawbridge {

// Parses how to close, or returns INVALID_ARGUMENT naming the field, its value and its bound.
grpc::Status ParseInterrupt(const control::v1::InterruptConnectionRequest& request, CloseRequest* close);
grpc::Status ParseInterrupt(const control::v1::InterruptConnectionsRequest& request, CloseRequest* close);

// The ban that the request wants before the interrupt; nullopt without refuse_for or without the connection.
// `actor` is the name of the caller. Returns INVALID_ARGUMENT as ParseInterrupt does.
grpc::Status ParseRefusal(const Registry& registry, const Clock& clock,
                          const control::v1::InterruptConnectionRequest& request, const std::string& actor,
                          std::optional<Ban>* ban);

// One interrupt of one connection. Thread-safe; never blocks.
class Interruption {
 public:
  // Finds the connection and begins to close it. The close is irrevocable when this returns OK. Otherwise
  // nothing has begun. `actor` is the name of the caller; it may be empty. `interruption` stays null with OK
  // if the connection is missing and the request allows that.
  static grpc::Status Begin(const Registry& registry, const Clock& clock,
                            const control::v1::InterruptConnectionRequest& request, const std::string& actor,
                            std::unique_ptr<Interruption>* interruption);

  // Calls `gone` once, when the socket is closed and the connection is unlisted, on the thread that
  // Connection::WhenClosed documents.
  void WhenGone(std::function<void()> gone);
  // `gone` is not called after this returns, unless its call has already begun.
  void StopWaiting();

  // The current answer: INTERRUPT_OUTCOME_ACCEPTED until the connection has ended, then the outcome.
  control::v1::InterruptConnectionResponse Response() const;

 private:
  Interruption(const Registry& registry, const Clock& clock, std::shared_ptr<Connection> connection);

  const Registry& registry_;
  const Clock& clock_;
  const std::shared_ptr<Connection> connection_;
  const bool was_closed_;
  const SteadyTime accepted_;
  bool joined_ = false;
  uint64_t waiter_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_INTERRUPT_H_
