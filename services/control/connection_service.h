// drawbridge.control.v1.ConnectionService: each RPC a few lines around a plain function.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CONNECTION_SERVICE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CONNECTION_SERVICE_H_

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/send_budget.h"
#include "gateway/connections/slots.h"
#include "services/auth/guard.h"
#include "services/auth/guarded_service.h"
#include "services/control/audit.h"
#include "services/control/broadcast.h"
#include "services/control/interrupt.h"
#include "services/control/page_token.h"
#include "services/control/watches.h"

namespace drawbridge {

// Thread-safe: gRPC calls it on any thread. Never blocks and never makes the data plane wait.
class ConnectionService final {
 public:
  // All must outlive the service; the server must be shut down before the service dies.
  ConnectionService(Registry* registry, SendBudget* send_budget, const Clock* clock, Guard* guard);
  ~ConnectionService();

  // For the server to register. Asks the guard about every call.
  GuardedService<control::v1::ConnectionService>& service() { return service_; }

  // The node is going: ends all watches once they have been told everything. Any thread; does not wait.
  void EndWatches() { watches_.EndAll(); }
  const Watches& watches() const { return watches_; }

 private:
  // The RPCs: each is called with its request's bytes, once its caller is let in.
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
  grpc::ServerUnaryReactor* WhenWritten(const Call& call, const std::shared_ptr<Audit>& audit,
                                        const control::v1::SendMessageRequest& request,
                                        grpc::ByteBuffer* response);
  void AnswerSent(const std::string& connection_id, Audit& audit, grpc::ByteBuffer* response) const;
  void DoInTurns(std::function<bool()> part, std::function<void()> done);

  // Each remembers whom it is to end, 8 bytes for each; one more is refused.
  static constexpr size_t kBulkInterruptsAtOnce = 32;
  // Each remembers up to 8 MiB of values; one more is refused.
  static constexpr size_t kCountsAtOnce = 32;

  Registry& registry_;
  SendBudget& send_budget_;
  const Clock& clock_;
  const PageTokens page_tokens_;
  Watches watches_;
  // Answers calls that waited, so that an I/O thread which ended a connection does not do gRPC's work.
  boost::asio::thread_pool answers_{1};
  // Does what is about many connections, a millisecond of each call in turn, so that no other call waits for
  // it.
  boost::asio::thread_pool bulk_{1};
  Slots bulk_interrupts_{kBulkInterruptsAtOnce};
  Slots counts_{kCountsAtOnce};
  GuardedService<control::v1::ConnectionService> service_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CONNECTION_SERVICE_H_
