#include <stdexcept>

#include "grpcpp/client_context.h"
#include "tests/soak/actors.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

constexpr size_t kMessageBytes = 16 * 1024;

control::v1::Connection Get(World& world, const std::string& id) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  control::v1::GetConnectionRequest request;
  request.set_connection_id(id);
  control::v1::GetConnectionResponse response;
  const grpc::Status status = world.stub.GetConnection(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("GetConnection: " + status.error_message());
  return response.connection();
}

bool IsClosed(World& world, const std::string& id) {
  return Get(world, id).state() == control::v1::CONNECTION_STATE_CLOSED;
}

}  // namespace

void Stall(World& world, const std::stop_token& stop) {
  AtRate(world, 1, stop, "stall", [&] {
    Client client = Client::Open(world.address, SmallBuffers());
    Flood flood(client, kMessageBytes);
    const auto is_full = [&] { return Get(world, client.id()).send_queue_bytes() > 0; };
    if (!PushUntil(flood, is_full)) throw std::runtime_error("no queue grew for a client that does not read");
    // The gateway reads until its queue is full, so the client sends as long as it can.
    const bool closed = WaitUntil([&] {
      try {
        while (flood.Push()) {
        }
      } catch (const std::exception&) {
        return true;  // the connection is cut
      }
      return IsClosed(world, client.id());
    });
    if (!closed) throw std::runtime_error("a client that does not read was not closed");
    if (!WaitUntil([&] { return IsClosed(world, client.id()); }))
      throw std::runtime_error("cut, but not listed as closed");
    const std::string cause = Get(world, client.id()).close().cause();
    if (cause != "too_slow") throw std::runtime_error("a client that does not read ended by " + cause);
    world.ledger.Count("left: too slow");
  });
}

}  // namespace drawbridge
