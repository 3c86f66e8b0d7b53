// A complete server in this process, and a channel to its control API.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_RUNNING_SERVER_H_
#define DRAWBRIDGE_TESTS_SUPPORT_RUNNING_SERVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <future>
#include <memory>
#include <string>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "gateway/connections/connection.h"
#include "services/server/flags.h"
#include "services/server/server.h"
#include "tests/support/client.h"

namespace drawbridge {

class Registry;

// Flags with two I/O threads, free ports on loopback, no pings and drains without delay, for tests to change.
Flags TestFlags();

// As thread-safe as Server.
class RunningServer {
 public:
  explicit RunningServer(const Flags& flags = TestFlags());

  Server& server() { return server_; }
  Registry& registry();
  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  control::v1::ConnectionService::Stub& stub() { return *stub_; }
  const std::string& address();

  Client Open(const Client::Options& options = {}) { return Client::Open(address(), options); }

  // Returns the result of GetConnection. Throws if the status is not OK.
  control::v1::Connection Get(const std::string& id);

  // Returns the connection object; null if it is neither listed nor in the history.
  std::shared_ptr<Connection> Find(const std::string& id);
  // Waits until the socket is closed and returns the record. Throws after kPatience.
  control::v1::Connection GetWhenClosed(const std::string& id);
  // Waits until the connection is closing. Throws after kPatience.
  void WaitUntilClosing(const std::string& id);

 private:
  Server server_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<control::v1::ConnectionService::Stub> stub_;
};

// The result of one call of InterruptConnection.
struct InterruptReply {
  grpc::Status status;
  control::v1::InterruptConnectionResponse response;
};

// Builds a request. The default grace is longer than the test.
control::v1::InterruptConnectionRequest InterruptOf(const std::string& id,
                                                    std::chrono::milliseconds grace = kPatience);

InterruptReply Interrupt(RunningServer& server, const control::v1::InterruptConnectionRequest& request);
// Calls on a new thread and returns at once.
std::future<InterruptReply> StartInterrupt(RunningServer& server,
                                           control::v1::InterruptConnectionRequest request);

std::chrono::nanoseconds DurationOf(const google::protobuf::Duration& duration);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_RUNNING_SERVER_H_
