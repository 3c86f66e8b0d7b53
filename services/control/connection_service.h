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
#include "gateway/connections/slots.h"
#include "services/control/audit.h"
#include "services/control/broadcast.h"
#include "services/control/interrupt.h"
#include "services/control/page_token.h"
#include "services/control/watches.h"

namespace drawbridge {

// Every method takes its request as bytes: wire.h says why.
template <typename Base>
using RawConnectionMethods = control::v1::ConnectionService::WithRawCallbackMethod_ListConnections<
    control::v1::ConnectionService::WithRawCallbackMethod_GetConnection<
        control::v1::ConnectionService::WithRawCallbackMethod_InterruptConnection<
            control::v1::ConnectionService::WithRawCallbackMethod_InterruptConnections<
                control::v1::ConnectionService::WithRawCallbackMethod_UpdateConnection<
                    control::v1::ConnectionService::WithRawCallbackMethod_SendMessage<
                        control::v1::ConnectionService::WithRawCallbackMethod_BroadcastMessage<
                            control::v1::ConnectionService::WithRawCallbackMethod_WatchConnections<
                                Base>>>>>>>>;

// Thread-safe: gRPC calls it on any thread. Never blocks and never makes the data plane wait.
class ConnectionService final : public RawConnectionMethods<control::v1::ConnectionService::Service> {
 public:
  // Both must outlive the service; the server must be shut down before the service dies.
  ConnectionService(Registry* registry, const Clock* clock);
  ~ConnectionService() override;

  grpc::ServerUnaryReactor* ListConnections(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetConnection(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* InterruptConnection(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateConnection(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SendMessage(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* InterruptConnections(grpc::CallbackServerContext* context,
                                                                   const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* BroadcastMessage(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchConnections(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request) override;

  // The node is going: ends all watches once they have been told everything. Any thread; does not wait.
  void EndWatches() { watches_.EndAll(); }
  const Watches& watches() const { return watches_; }

 private:
  grpc::ServerUnaryReactor* WhenGone(const std::shared_ptr<Audit>& audit,
                                     const std::shared_ptr<Interruption>& interruption,
                                     grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* WhenWritten(const std::shared_ptr<Audit>& audit,
                                        const control::v1::SendMessageRequest& request,
                                        grpc::ByteBuffer* response);
  void AnswerSent(const std::string& connection_id, Audit& audit, grpc::ByteBuffer* response) const;
  void SendOn(const std::shared_ptr<Broadcast>& broadcast, std::function<void()> sent);

  // Each remembers whom it is to end, 8 bytes for each; one more is refused.
  static constexpr size_t kBulkInterruptsAtOnce = 32;

  Registry& registry_;
  const Clock& clock_;
  const PageTokens page_tokens_;
  Watches watches_;
  // Answers calls that waited, so that an I/O thread which ended a connection does not do gRPC's work.
  boost::asio::thread_pool answers_{1};
  // Does what is about many connections, a millisecond of each call in turn, so that no other call waits for
  // it.
  boost::asio::thread_pool bulk_{1};
  Slots bulk_interrupts_{kBulkInterruptsAtOnce};
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CONNECTION_SERVICE_H_
