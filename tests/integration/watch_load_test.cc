// Many watches and slow watches: their cost is bounded, and a refused caller gets the reason.
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "gateway/connections/registry.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/control/watches.h"
#include "tests/services/control/watch_replay.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"
#include "tests/support/watch_stream.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kMaxWatches = 256;
constexpr size_t kMaxCostOfOne = 16 << 20;

Registry& RegistryOf(RunningServer& server) { return server.registry(); }
const Watches& WatchesOf(RunningServer& server) { return server.server().watches(); }

std::string TokenInDetails(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  std::string token;
  if (!details.ParseFromString(status.error_details()) || !details.details(0).UnpackTo(&info)) return "";
  absl::Base64Unescape(info.metadata().at("resume_token"), &token);
  return token;
}

TEST(WatchLoadTest, ASlowWatchCostsLittleAndMayBeResumed) {
  RunningServer server;
  WatchStream watch(server.stub());
  WatchReplay replay;
  // Connections open and end while the watch is not read, until it has fallen too far behind.
  const std::string agent(400, 'x');
  std::vector<Registration> staying;
  size_t most = 0;
  for (int i = 0; i < 80'000; ++i) {
    Registration registration = RegistryOf(server).Add({.user_agent = agent});
    if (i % 1000 == 0) staying.push_back(std::move(registration));
    most = std::max(most, WatchesOf(server).queued_bytes());
  }
  ASSERT_TRUE(WaitUntil([&] {
    for (int i = 0; i < 1000; ++i) RegistryOf(server).Add({}).Reset();  // wakes the watch
    return WatchesOf(server).queued_bytes() < 2048;
  })) << "the rows that wait are dropped";
  EXPECT_GT(most, 10'000U) << "it did wait";
  EXPECT_LT(most, kMaxCostOfOne);

  WatchStream::Response response;
  while (watch.Read(&response)) replay.Apply(response);
  const grpc::Status status = watch.Drain();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(status).reason, "WATCH_TOO_SLOW");
  EXPECT_EQ(TokenInDetails(status), replay.token) << "the last response carries it, too";

  v1::WatchConnectionsRequest resume;
  resume.set_resume_token(replay.token);
  WatchStream resumed(server.stub(), resume);
  do {
    response = resumed.Next();
    replay.Apply(response);
  } while (response.type() != v1::CONNECTION_EVENT_TYPE_BOOKMARK);
  EXPECT_EQ(replay.table, ListedTable(RegistryOf(server), SystemClock(), ""));
  EXPECT_EQ(replay.table.size(), staying.size());
}

TEST(WatchLoadTest, AHundredWatchesAtOnceAreAllTold) {
  constexpr size_t kWatches = 100;
  RunningServer server;
  std::vector<WatchStream> watches;
  watches.reserve(kWatches);
  for (size_t i = 0; i < kWatches; ++i) watches.emplace_back(server.stub());
  for (WatchStream& watch : watches) watch.NextOf(v1::CONNECTION_EVENT_TYPE_BOOKMARK);
  EXPECT_EQ(WatchesOf(server).size(), kWatches);
  constexpr int kClients = 20;
  std::vector<Client> clients;
  clients.reserve(kClients);
  for (int i = 0; i < kClients; ++i) clients.push_back(server.Open());
  for (WatchStream& watch : watches) {
    for (const Client& client : clients) {
      ASSERT_EQ(watch.NextOf(v1::CONNECTION_EVENT_TYPE_OPENED).connection().connection_id(), client.id());
    }
  }
  watches.clear();
  EXPECT_TRUE(WaitUntil([&] { return WatchesOf(server).size() == 0; }));
  EXPECT_EQ(WatchesOf(server).queued_bytes(), 0U);
}

// Many concurrent calls, each over a connection of its own.
class Flood {
 public:
  Flood(const std::string& address, int channels, int calls_of_each) {
    for (int i = 0; i < channels; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // without it they would share one connection
      const auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
      stubs_.push_back(v1::ConnectionService::NewStub(channel));
      for (int j = 0; j < calls_of_each; ++j) Start(*stubs_.back());
    }
  }

  // Cancels every call and empties the completion queue.
  ~Flood() {
    for (const auto& call : calls_) call->context.TryCancel();
    while (ended_ < calls_.size() && Step()) continue;
    queue_.Shutdown();
    void* tag = nullptr;
    for (bool ok = false; queue_.Next(&tag, &ok);) continue;
  }

  // Waits until each call has had a response or has ended.
  void WaitForAnswers() {
    while (first_answers_ < calls_.size()) ASSERT_TRUE(Step());
  }

  size_t refused() const { return ended_; }
  bool all_refused_alike() const {
    return std::ranges::all_of(calls_, [](const auto& call) {
      return !call->ended || (call->status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
                              DetailsOf(call->status).reason == "TOO_MANY_WATCHES");
    });
  }
  v1::ConnectionService::Stub& stub() { return *stubs_.front(); }

 private:
  struct Call {
    enum { kStarting, kReading, kFinishing } state = kStarting;
    grpc::ClientContext context;
    v1::WatchConnectionsResponse response;
    grpc::Status status;
    bool answered = false;
    bool ended = false;
    std::unique_ptr<grpc::ClientAsyncReader<v1::WatchConnectionsResponse>> reader;
  };

  void Start(v1::ConnectionService::Stub& stub) {
    calls_.push_back(std::make_unique<Call>());
    Call* const call = calls_.back().get();
    call->reader = stub.AsyncWatchConnections(&call->context, {}, &queue_, call);
  }

  // Returns false when nothing more comes.
  bool Step() {
    void* tag = nullptr;
    bool ok = false;
    if (queue_.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + kPatience) !=
        grpc::CompletionQueue::GOT_EVENT)
      return false;
    auto* const call = static_cast<Call*>(tag);
    if (call->state == Call::kFinishing) {
      call->ended = true;
      ++ended_;
      Answered(*call);
    } else if (!ok) {
      call->state = Call::kFinishing;
      call->reader->Finish(&call->status, call);
    } else {
      if (call->state == Call::kReading) Answered(*call);
      call->state = Call::kReading;
      call->reader->Read(&call->response, call);
    }
    return true;
  }

  void Answered(Call& call) {
    if (!std::exchange(call.answered, true)) ++first_answers_;
  }

  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<v1::ConnectionService::Stub>> stubs_;
  std::vector<std::unique_ptr<Call>> calls_;
  size_t first_answers_ = 0;
  size_t ended_ = 0;
};

TEST(WatchLoadTest, TenThousandWatchesAreRefusedAndTheRestGoesOn) {
  RunningServer server;
  {
    Flood flood(server.server().control_address(), 8, 1250);
    flood.WaitForAnswers();
    EXPECT_EQ(flood.refused(), 10'000 - kMaxWatches);
    EXPECT_TRUE(flood.all_refused_alike());
    EXPECT_EQ(WatchesOf(server).size(), kMaxWatches);

    Client client = server.Open();
    client.Echo("still here");
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    v1::ListConnectionsResponse list;
    EXPECT_TRUE(flood.stub().ListConnections(&context, {}, &list).ok()) << "over a channel full of watches";
    EXPECT_EQ(list.connections_size(), 1);
  }
  ASSERT_TRUE(WaitUntil([&] { return WatchesOf(server).size() == 0; }));
  WatchStream watch(server.stub());
  EXPECT_EQ(watch.NextOf(v1::CONNECTION_EVENT_TYPE_BOOKMARK).type(), v1::CONNECTION_EVENT_TYPE_BOOKMARK);
}

TEST(WatchLoadTest, ARequestOverTheMessageLimitIsRefused) {
  RunningServer server;
  v1::WatchConnectionsRequest request;
  request.set_filter(std::string(5 << 20, 'x'));
  WatchStream watch(server.stub(), request);
  EXPECT_EQ(watch.Drain().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

}  // namespace
}  // namespace drawbridge
