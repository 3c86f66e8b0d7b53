#include <stdexcept>
#include <string>
#include <unordered_set>

#include "grpcpp/client_context.h"
#include "tests/soak/actors.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

control::v1::ListConnectionsResponse Page(World& world, int size, const std::string& token) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  control::v1::ListConnectionsRequest request;
  request.set_page_size(size);
  request.set_page_token(token);
  control::v1::ListConnectionsResponse response;
  const auto begin = LagMeter::Clock::now();
  const grpc::Status status = world.stub.ListConnections(&context, request, &response);
  world.lag.Add(LagMeter::Clock::now() - begin);
  if (!status.ok()) throw std::runtime_error("ListConnections: " + status.error_message());
  return response;
}

std::unordered_set<std::string> Walk(World& world, int page_size) {
  std::unordered_set<std::string> seen;
  std::string token;
  do {
    const auto page = Page(world, page_size, token);
    for (const auto& connection : page.connections()) {
      if (!seen.insert(connection.connection_id()).second) {
        throw std::runtime_error("listed twice: " + connection.connection_id());
      }
    }
    token = page.next_page_token();
  } while (!token.empty());
  return seen;
}

}  // namespace

void List(World& world, Stayers& stayers, int per_second, const std::stop_token& stop) {
  stayers.open.wait();
  int turn = 0;
  AtRate(world, per_second, stop, "list", [&] {
    const auto seen = Walk(world, turn++ % 2 == 0 ? 7 : 1000);
    for (const std::string& id : stayers.ids) {
      if (!seen.contains(id)) throw std::runtime_error("not listed: " + id);
    }
    world.ledger.Count("lists walked");
  });
}

}  // namespace drawbridge
