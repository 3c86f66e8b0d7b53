#include "tests/support/running_server.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <utility>

#include "gateway/listener/gateway.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

std::shared_ptr<Connection> MustFind(RunningServer& server, const std::string& id) {
  auto connection = server.Find(id);
  if (connection == nullptr) throw std::runtime_error("no connection " + id);
  return connection;
}

void MustHappen(std::future<void> event, const std::string& what) {
  if (event.wait_until(Soon()) != std::future_status::ready) throw std::runtime_error(what);
}

}  // namespace

Flags TestFlags() {
  Flags flags;
  flags.listen = "127.0.0.1:0";
  flags.control_listen = "127.0.0.1:0";
  flags.admin_listen = "127.0.0.1:0";
  flags.node_id = "test-node";
  flags.io_threads = 2;
  flags.max_connections = 1000;
  flags.ping_interval = std::chrono::nanoseconds(0);
  flags.drain_spread = std::chrono::nanoseconds(0);
  return flags;
}

RunningServer::RunningServer(const Flags& flags)
    : server_(flags),
      channel_(grpc::CreateChannel(server_.control_address(), grpc::InsecureChannelCredentials())),
      stub_(v1::ConnectionService::NewStub(channel_)) {}

const std::string& RunningServer::address() { return server_.gateway().address(); }

Registry& RunningServer::registry() { return server_.gateway().registry(); }

std::shared_ptr<Connection> RunningServer::Find(const std::string& id) { return registry().Find(id); }

v1::Connection RunningServer::Get(const std::string& id) {
  grpc::ClientContext context;
  v1::GetConnectionRequest request;
  v1::GetConnectionResponse response;
  request.set_connection_id(id);
  const grpc::Status status = stub_->GetConnection(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("GetConnection: " + status.error_message());
  return response.connection();
}

v1::Connection RunningServer::GetWhenClosed(const std::string& id) {
  // Shared with the waiter, which may still be called after this function has thrown.
  const auto closed = std::make_shared<std::promise<void>>();
  MustFind(*this, id)->WhenClosed([closed](const CloseResult&) { closed->set_value(); });
  MustHappen(closed->get_future(), "not closed: " + id);
  return Get(id);
}

void RunningServer::WaitUntilClosing(const std::string& id) {
  std::promise<void> closing;
  const auto connection = MustFind(*this, id);
  const std::stop_callback callback(connection->stop_token(), [&closing] { closing.set_value(); });
  MustHappen(closing.get_future(), "not closing: " + id);
}

v1::InterruptConnectionRequest InterruptOf(const std::string& id, std::chrono::milliseconds grace) {
  v1::InterruptConnectionRequest request;
  request.set_connection_id(id);
  request.mutable_grace()->set_seconds(grace.count() / 1000);
  request.mutable_grace()->set_nanos(static_cast<int32_t>(grace.count() % 1000) * 1'000'000);
  return request;
}

InterruptReply Interrupt(RunningServer& server, const v1::InterruptConnectionRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + 2 * kPatience);
  InterruptReply reply;
  reply.status = server.stub().InterruptConnection(&context, request, &reply.response);
  return reply;
}

std::future<InterruptReply> StartInterrupt(RunningServer& server, v1::InterruptConnectionRequest request) {
  return std::async(std::launch::async,
                    [&server, request = std::move(request)] { return Interrupt(server, request); });
}

std::chrono::nanoseconds DurationOf(const google::protobuf::Duration& duration) {
  return std::chrono::seconds(duration.seconds()) + std::chrono::nanoseconds(duration.nanos());
}

}  // namespace drawbridge
