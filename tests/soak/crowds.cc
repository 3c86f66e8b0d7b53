// Calls that act on many clients at once.
#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include "grpcpp/client_context.h"
#include "tests/soak/actors.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kClients = 20;

// Clients with a path of their own.
class Group {
 public:
  explicit Group(World& world) {
    static std::atomic<int> last = 0;
    path_ = "/group/" + std::to_string(++last);
    while (clients_.size() < kClients) clients_.push_back(Client::Open(world.address, {.target = path_}));
  }
  std::vector<Client>& clients() { return clients_; }
  std::string filter() const { return "path = \"" + path_ + "\""; }

 private:
  std::string path_;
  std::vector<Client> clients_;
};

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
}

void InterruptGroup(World& world, int32_t rate) {
  Group group(world);
  auto answered = std::async(std::launch::async, [&] {
    for (Client& client : group.clients()) AnswerClose(client);
  });
  grpc::ClientContext context;
  SetDeadline(context);
  v1::InterruptConnectionsRequest request;
  request.set_filter(group.filter());
  request.set_rate_per_second(rate);
  const auto reader = world.stub.InterruptConnections(&context, request);
  v1::InterruptConnectionsResponse response;
  v1::InterruptConnectionsResponse last;
  while (reader->Read(&response)) last = response;
  const grpc::Status status = reader->Finish();
  answered.get();
  if (!status.ok()) throw std::runtime_error("InterruptConnections: " + status.error_message());
  if (!last.done() || last.closed_clean_count() != static_cast<int64_t>(kClients))
    throw std::runtime_error("InterruptConnections: " + last.ShortDebugString());
  world.ledger.Count("bulk interrupts");
}

void BroadcastToGroup(World& world) {
  Group group(world);
  const std::string text = UniqueText(125);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::BroadcastMessageRequest request;
  request.set_filter(group.filter());
  request.mutable_message()->set_text(text);
  v1::BroadcastMessageResponse response;
  const grpc::Status status = world.stub.BroadcastMessage(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("BroadcastMessage: " + status.error_message());
  if (response.queued_count() != static_cast<int64_t>(kClients))
    throw std::runtime_error("BroadcastMessage: " + response.ShortDebugString());
  for (Client& client : group.clients()) {
    if (client.ReadFrame().payload != text)
      throw std::runtime_error("received another message than the broadcast");
  }
  world.ledger.Count("broadcasts");
}

// Watches from `token` for a number of responses, then cancels. Returns the token to resume from.
std::string WatchFor(World& world, const std::string& filter, const std::string& token, int responses) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::WatchConnectionsRequest request;
  request.set_filter(filter);
  request.set_resume_token(token);
  const auto reader = world.stub.WatchConnections(&context, request);
  v1::WatchConnectionsResponse response;
  std::string last = token;
  for (int i = 0; i < responses && reader->Read(&response); ++i) {
    last = response.resume_token();
    world.ledger.Count("events watched");
  }
  context.TryCancel();
  while (reader->Read(&response)) {
  }
  const grpc::Status status = reader->Finish();
  if (status.ok() || status.error_code() == grpc::StatusCode::CANCELLED) return last;
  throw std::runtime_error("WatchConnections: " + status.error_message());
}

}  // namespace

void ActOnMany(World& world, int per_second, const std::stop_token& stop) {
  int turn = 0;
  AtRate(world, per_second, stop, "many", [&] {
    switch (turn++ % 3) {
      case 0:
        return InterruptGroup(world, -1);
      case 1:
        return InterruptGroup(world, 200);
      default:
        return BroadcastToGroup(world);
    }
  });
}

void Watch(World& world, int per_second, const std::stop_token& stop) {
  constexpr std::array kFilters = {"", "path = '/group/*'", "state = OPEN"};
  std::array<std::string, kFilters.size()> tokens;
  size_t turn = 0;
  AtRate(world, per_second, stop, "watch", [&] {
    const size_t which = turn++ % kFilters.size();
    // Every tenth watch starts from the beginning.
    if (turn % 10 == 0) tokens[which].clear();
    tokens[which] = WatchFor(world, kFilters[which], tokens[which], 20);
  });
}

}  // namespace drawbridge
