// drawbridge.control.v1.ConnectionService: each RPC is a thin wrapper of a plain function.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CONNECTION_SERVICE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CONNECTION_SERVICE_H_

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/send_budget.h"
#include "gateway/connections/slots.h"
#include "services/auth/guard.h"
#include "services/auth/guarded_service.h"
#include "services/control/audit.h"
#include "services/control/ban_keeper.h"
#include "services/control/broadcast.h"
#include "services/control/interrupt.h"
#include "services/control/page_token.h"
#include "services/control/watches.h"

namespace drawbridge {

// Thread-safe: gRPC calls it on any thread. Never blocks and never makes the data plane wait.
class ConnectionService final {
 public:
  // All others must outlive the service. The server must be shut down before the service is destroyed.
  // The keeper must be destroyed before the service.
  ConnectionService(Registry* registry, SendBudget* send_budget, BanKeeper* ban_keeper, const Clock* clock,
                    Guard* guard);
  ~ConnectionService();

  // The service to register with the gRPC server. It asks the guard about every call.
  GuardedService<control::v1::ConnectionService>& service() { return service_; }

  // Called at shutdown: each watch ends once it has sent all pending events. Thread-safe; does not wait.
  void EndWatches() { watches_.EndAll(); }
  const Watches& watches() const { return watches_; }

 private:
  // The RPCs. Each is called with the bytes of its request after the guard has admitted the caller.
  grpc::ServerUnaryReactor* ListConnections(const Call& call, const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* GetConnection(const Call& call, const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* CountConnections(const Call& call, const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* InterruptConnection(const Call& call, const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* UpdateConnection(const Call& call, const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* SendMessage(const Call& call, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* BroadcastMessage(const Call& call, const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response);
  grpc::ServerWriteReactor<grpc::ByteBuffer>* InterruptConnections(const Call& call,
                                                                   const grpc::ByteBuffer* request);
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchConnections(const Call& call,
                                                               const grpc::ByteBuffer* request);

  grpc::ServerUnaryReactor* WhenGone(const Call& call, const std::shared_ptr<Audit>& audit,
                                     const std::shared_ptr<Interruption>& interruption,
                                     grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* WhenRefusedAndGone(const Call& call, const std::shared_ptr<Audit>& audit,
                                               const control::v1::InterruptConnectionRequest& request,
                                               Ban ban, grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* WhenWritten(const Call& call, const std::shared_ptr<Audit>& audit,
                                        const control::v1::SendMessageRequest& request,
                                        grpc::ByteBuffer* response);
  void AnswerSent(const std::string& connection_id, Audit& audit, grpc::ByteBuffer* response) const;
  void DoInTurns(std::function<bool()> part, std::function<void()> done);

  // Each call keeps 8 bytes for each matching connection. Further calls are refused.
  static constexpr size_t kBulkInterruptsAtOnce = 32;
  // Each call keeps up to 8 MiB of values. Further calls are refused.
  static constexpr size_t kCountsAtOnce = 32;

  Registry& registry_;
  SendBudget& send_budget_;
  BanKeeper& ban_keeper_;
  const Clock& clock_;
  const PageTokens page_tokens_;
  Watches watches_;
  // Answers waiting calls, so that the I/O thread that ended a connection does not run gRPC code.
  boost::asio::thread_pool answers_{1};
  // Runs calls that affect many connections. They take turns of about one millisecond, and other calls do not
  // wait for them.
  boost::asio::thread_pool bulk_{1};
  Slots bulk_interrupts_{kBulkInterruptsAtOnce};
  Slots counts_{kCountsAtOnce};
  GuardedService<control::v1::ConnectionService> service_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CONNECTION_SERVICE_H_
