// InterruptConnections over a real channel: which connections end, what is reported, and that slow clients do
// not delay the others.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A request for all connections that match. By default it has no rate limit and a grace longer than the test.
v1::InterruptConnectionsRequest AllThat(const std::string& filter, int32_t rate = -1) {
  v1::InterruptConnectionsRequest request;
  request.set_filter(filter);
  request.set_all(filter == "*");
  request.set_rate_per_second(rate);
  request.mutable_grace()->set_seconds(kPatience.count());
  return request;
}

// One call, whose responses the test reads.
class BulkCall {
 public:
  BulkCall(RunningServer& server, const v1::InterruptConnectionsRequest& request,
           milliseconds deadline = 2 * kPatience)
      : reader_([&] {
          context_.set_deadline(std::chrono::system_clock::now() + deadline);
          return server.stub().InterruptConnections(&context_, request);
        }()) {}

  std::optional<v1::InterruptConnectionsResponse> Read() {
    v1::InterruptConnectionsResponse response;
    if (!reader_->Read(&response)) return std::nullopt;
    return response;
  }
  // Reads to the end. Returns the last response, or an empty one if there was none.
  v1::InterruptConnectionsResponse ReadLast() {
    v1::InterruptConnectionsResponse last;
    while (const auto next = Read()) {
      EXPECT_FALSE(last.done()) << "on the last message alone";
      last = *next;
    }
    return last;
  }
  grpc::Status Finish() { return reader_->Finish(); }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::InterruptConnectionsResponse>> reader_;
};

std::vector<Client> OpenMany(RunningServer& server, size_t count, const std::string& target = "/") {
  std::vector<Client> clients;
  while (clients.size() < count) clients.push_back(server.Open({.target = target}));
  return clients;
}

size_t CountOpen(RunningServer& server, const std::vector<Client>& clients) {
  size_t open = 0;
  for (const Client& client : clients) {
    if (server.Get(client.id()).state() == v1::CONNECTION_STATE_OPEN) ++open;
  }
  return open;
}

int64_t Closed(const v1::InterruptConnectionsResponse& response) {
  return response.closed_clean_count() + response.closed_timeout_count() + response.closed_aborted_count() +
         response.already_closed_count();
}

TEST(BulkInterruptTest, EndsAllThatMatchAndTellsHow) {
  RunningServer server;
  auto chosen = OpenMany(server, 4, "/chat");
  auto others = OpenMany(server, 2, "/news");
  auto request = AllThat("path = \"/chat\"");
  request.set_code(4001);
  request.set_reason("moved");
  request.mutable_grace()->set_seconds(0);
  request.mutable_grace()->set_nanos(300'000'000);
  BulkCall call(server, request);
  for (Client& client : chosen) {
    const ServerFrame close = client.ReadClose();
    EXPECT_EQ(close.code(), 4001);
    EXPECT_EQ(close.reason(), "moved");
  }
  chosen[0].SendClose(4001);
  chosen[1].SendClose(4001);
  chosen[2].Reset();
  const auto last = call.ReadLast();  // the fourth client does not answer
  EXPECT_TRUE(call.Finish().ok());
  EXPECT_TRUE(last.done());
  EXPECT_EQ(last.matched_count(), 4);
  EXPECT_EQ(last.closed_clean_count(), 2);
  EXPECT_EQ(last.closed_aborted_count(), 1);
  EXPECT_EQ(last.closed_timeout_count(), 1);
  EXPECT_EQ(last.already_closed_count(), 0);
  EXPECT_EQ(last.sample_connection_ids_size(), 0);
  for (const Client& client : chosen) {
    const v1::Connection closed = server.Get(client.id());
    EXPECT_EQ(closed.state(), v1::CONNECTION_STATE_CLOSED);
    EXPECT_EQ(closed.close().cause(), "interrupted");
    EXPECT_EQ(closed.close().initiator(), v1::CLOSE_INITIATOR_CONTROL);
  }
  for (Client& client : others) client.Echo("unharmed");
}

TEST(BulkInterruptTest, WhoConnectsAfterTheStartLives) {
  RunningServer server;
  Client before = server.Open();
  BulkCall call(server, AllThat("*"));
  before.WaitReadable();
  Client after = server.Open();
  before.ReadCloseAndAnswer();
  const auto last = call.ReadLast();
  EXPECT_TRUE(call.Finish().ok());
  EXPECT_EQ(last.matched_count(), 1);
  EXPECT_EQ(last.closed_clean_count(), 1);
  after.Echo("here to stay");
}

TEST(BulkInterruptTest, ReportsOnceASecondAtLeast) {
  RunningServer server;
  Client silent = server.Open();
  BulkCall call(server, AllThat("*"));
  auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    const auto progress = call.Read();
    ASSERT_TRUE(progress.has_value());
    EXPECT_FALSE(progress->done());
    EXPECT_EQ(progress->matched_count(), 1);
    EXPECT_EQ(Closed(*progress), 0);
    const auto now = std::chrono::steady_clock::now();
    EXPECT_LE(now - before, seconds(1));
    before = now;
  }
  silent.ReadCloseAndAnswer();
  EXPECT_TRUE(call.ReadLast().done());
  EXPECT_TRUE(call.Finish().ok());
}

TEST(BulkInterruptTest, ADryRunClosesNothing) {
  RunningServer server;
  auto clients = OpenMany(server, 3);
  auto request = AllThat("*");
  request.set_dry_run(true);
  BulkCall call(server, request);
  const auto last = call.ReadLast();
  EXPECT_TRUE(call.Finish().ok());
  EXPECT_TRUE(last.done());
  EXPECT_EQ(last.matched_count(), 3);
  EXPECT_EQ(Closed(last), 0);
  ASSERT_EQ(last.sample_connection_ids_size(), 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(last.sample_connection_ids(i), clients[static_cast<size_t>(i)].id());
  for (Client& client : clients) client.Echo("unharmed");
}

TEST(BulkInterruptTest, MoreThanMaxCountAreRefusedAndNothingIsClosed) {
  RunningServer server;
  auto clients = OpenMany(server, 3);
  auto request = AllThat("*");
  request.set_max_count(2);
  BulkCall call(server, request);
  EXPECT_FALSE(call.Read().has_value());
  const grpc::Status status = call.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(DetailsOf(status).reason, "TOO_MANY_MATCH");
  EXPECT_EQ(status.error_message(), "3 connections match and max_count is 2: nothing was closed");
  for (Client& client : clients) client.Echo("unharmed");
  EXPECT_EQ(CountOpen(server, clients), 3u);
}

TEST(BulkInterruptTest, ALimitEndsTheOldest) {
  RunningServer server;
  auto clients = OpenMany(server, 5);
  auto request = AllThat("*");
  request.set_limit(2);
  BulkCall call(server, request);
  clients[0].ReadCloseAndAnswer();
  clients[1].ReadCloseAndAnswer();
  const auto last = call.ReadLast();
  EXPECT_TRUE(call.Finish().ok());
  EXPECT_EQ(last.matched_count(), 5);
  EXPECT_EQ(last.closed_clean_count(), 2);
  for (size_t i = 2; i < 5; ++i) clients[i].Echo("unharmed");
}

// Waits for as long as a call at `rate` takes to end `ends` connections.
void LetTimePass(RunningServer& server, size_t ends, int32_t rate) {
  auto clock = OpenMany(server, ends, "/clock");
  auto request = AllThat("path = \"/clock\"", rate);
  request.set_abort(true);
  BulkCall call(server, request);
  EXPECT_TRUE(call.ReadLast().done());
  EXPECT_TRUE(call.Finish().ok());
}

TEST(BulkInterruptTest, ACallerWhoLeavesStopsWhatWasNotBegun) {
  constexpr int32_t kRate = 40;
  RunningServer server;
  for (const bool by_deadline : {false, true}) {
    auto clients = OpenMany(server, 80, "/chat");
    BulkCall call(server, AllThat("path = \"/chat\"", kRate), by_deadline ? milliseconds(700) : kPatience);
    // Cancel right after a report. The server would notice the cancellation at the next report, half a second
    // later.
    EXPECT_TRUE(call.Read().has_value());
    if (!by_deadline) call.Cancel();
    call.ReadLast();
    EXPECT_EQ(call.Finish().error_code(),
              by_deadline ? grpc::StatusCode::DEADLINE_EXCEEDED : grpc::StatusCode::CANCELLED);
    const size_t left = CountOpen(server, clients);
    LetTimePass(server, 24, kRate);
    EXPECT_GE(CountOpen(server, clients) + 6, left) << "but for the time that it takes to hear of it";
    clients[0].ReadCloseAndAnswer();
    EXPECT_TRUE(server.GetWhenClosed(clients[0].id()).close().clean()) << "what was begun goes on";
    clients.back().Echo("unharmed");
  }
}

TEST(BulkInterruptTest, NoCallWaitsForAnother) {
  RunningServer server;
  auto slow = OpenMany(server, 20, "/slow");
  auto fast = OpenMany(server, 5, "/fast");
  Client single = server.Open({.target = "/single"});
  BulkCall slow_call(server, AllThat("path = \"/slow\"", 1));
  server.WaitUntilClosing(slow[0].id());  // the call takes 19 more seconds

  BulkCall fast_call(server, AllThat("path = \"/fast\""));
  auto interrupt = StartInterrupt(server, InterruptOf(single.id()));
  single.ReadCloseAndAnswer();
  EXPECT_EQ(interrupt.get().response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
  for (Client& client : fast) client.ReadCloseAndAnswer();
  EXPECT_EQ(fast_call.ReadLast().closed_clean_count(), 5);
  EXPECT_TRUE(fast_call.Finish().ok());
  EXPECT_GE(CountOpen(server, slow), 1u) << "the first call was still at it";
  slow_call.Cancel();
  slow_call.ReadLast();
  EXPECT_EQ(slow_call.Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(BulkInterruptTest, AShutdownInTheMidstEndsItWithTheTruth) {
  Flags flags = TestFlags();
  flags.drain_grace = milliseconds(300);
  RunningServer server(flags);
  auto clients = OpenMany(server, 10);
  auto request = AllThat("*", 1);
  BulkCall call(server, request);
  server.WaitUntilClosing(clients[0].id());
  std::thread shutdown([&] { server.server().Shutdown(); });
  const auto last = call.ReadLast();
  const grpc::Status status = call.Finish();
  shutdown.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(last.done());
  EXPECT_EQ(last.matched_count(), 10);
  EXPECT_EQ(Closed(last), 10);
  EXPECT_GE(last.already_closed_count(), 5) << "by the shutdown";
}

TEST(BulkInterruptTest, AServerThatDiesInTheMidstEndsIt) {
  auto server = std::make_unique<RunningServer>();
  auto clients = OpenMany(*server, 10);
  BulkCall call(*server, AllThat("*", 1));
  server->WaitUntilClosing(clients[0].id());
  server.reset();
  EXPECT_FALSE(call.ReadLast().done());
  EXPECT_FALSE(call.Finish().ok());
}

TEST(BulkInterruptTest, SoManyAtOnceAndNoMore) {
  RunningServer server;
  Client client = server.Open();
  std::vector<std::unique_ptr<BulkCall>> calls;
  for (int i = 0; i < 32; ++i) {
    calls.push_back(std::make_unique<BulkCall>(server, AllThat("*")));
    ASSERT_TRUE(calls.back()->Read().has_value());
  }
  BulkCall refused(server, AllThat("*"));
  EXPECT_FALSE(refused.Read().has_value());
  const grpc::Status status = refused.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(status).reason, "TOO_MANY_BULK_INTERRUPTS");
  client.ReadCloseAndAnswer();
  for (const auto& call : calls) {
    EXPECT_EQ(call->ReadLast().closed_clean_count(), 1) << "all of them joined the one closing";
    EXPECT_TRUE(call->Finish().ok());
  }
  EXPECT_TRUE(WaitUntil([&] {
    BulkCall again(server, AllThat("*"));
    again.ReadLast();
    return again.Finish().ok();
  }));
}

}  // namespace
}  // namespace drawbridge
