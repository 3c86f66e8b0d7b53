// InterruptConnection as plain functions: what is asked for, and what came of it.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_INTERRUPT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_INTERRUPT_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/close.h"
#include "gateway/connections/registry.h"

namespace drawbridge {

// The close that a request asks for, or INVALID_ARGUMENT naming the field, its value and its bound.
grpc::Status ParseInterrupt(const control::v1::InterruptConnectionRequest& request, CloseRequest* close);
grpc::Status ParseInterrupt(const control::v1::InterruptConnectionsRequest& request, CloseRequest* close);

// One interrupt of one connection, begun and perhaps not over. Thread-safe; nothing blocks.
class Interruption {
 public:
  // Finds the connection and ends it: irrevocable when this returns OK. Otherwise nothing was begun. `actor`
  // is the caller's name, if it has one. OK with a null `interruption`: the connection is missing and that is
  // allowed.
  static grpc::Status Begin(const Registry& registry, const Clock& clock,
                            const control::v1::InterruptConnectionRequest& request, const std::string& actor,
                            std::unique_ptr<Interruption>* interruption);

  // Calls `gone` once, as Connection::WhenClosed does, on the thread it says: the socket is closed, the
  // connection unlisted.
  void WhenGone(std::function<void()> gone);
  // `gone` is not called after this returns, unless its call has begun.
  void StopWaiting();

  // The answer now: before `gone` INTERRUPT_OUTCOME_ACCEPTED, then how it ended.
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
