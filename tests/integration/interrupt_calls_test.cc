// Interrupts from the callers' side: many at once, cancelled ones, repeated ones, and interrupts during a
// shutdown.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;

TEST(InterruptCallsTest, AThousandAtOnceAreOneCloseAndAThousandEqualOutcomes) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 1000;
  // Long enough for a slow machine to accept all calls before the client is cut.
  constexpr milliseconds kGrace{2500};
  RunningServer server;
  Client client = server.Open();

  struct Call {
    grpc::ClientContext context;
    v1::InterruptConnectionRequest request;
    v1::InterruptConnectionResponse response;
    grpc::Status status;
  };
  std::vector<Call> calls(kCalls);
  std::latch answered(kCalls);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < kCalls; i += kThreads) {
        Call& call = calls[static_cast<size_t>(i)];
        call.context.set_deadline(std::chrono::system_clock::now() + kPatience);
        call.request = InterruptOf(client.id(), kGrace);
        call.request.set_code(static_cast<uint32_t>(3000 + i));  // identifies the call that began the close
        server.stub().async()->InterruptConnection(&call.context, &call.request, &call.response,
                                                   [&call, &answered](grpc::Status status) {
                                                     call.status = std::move(status);
                                                     answered.count_down();
                                                   });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  answered.wait();

  const ServerFrame close = client.ReadClose();
  client.DrainToEnd();
  int joined = 0;
  for (const Call& call : calls) {
    ASSERT_TRUE(call.status.ok()) << call.status.error_message();
    EXPECT_EQ(call.response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
    EXPECT_EQ(call.response.connection().close().sent_code(), static_cast<uint32_t>(close.code()));
    if (call.response.joined()) {
      ++joined;
      continue;
    }
    EXPECT_EQ(call.request.code(), static_cast<uint32_t>(close.code()));
  }
  EXPECT_EQ(joined, kCalls - 1);
}

TEST(InterruptCallsTest, DeadlineShorterThanTheGraceEndsTheCallButNotTheInterrupt) {
  RunningServer server;
  Client client = server.Open();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(100));
  v1::InterruptConnectionResponse response;
  const grpc::Status status =
      server.stub().InterruptConnection(&context, InterruptOf(client.id(), milliseconds(400)), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);

  const v1::Connection gone = server.GetWhenClosed(client.id());
  EXPECT_EQ(gone.state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(gone.close().cause(), "interrupted");
  EXPECT_EQ(client.ReadClose().code(), 1008);
}

TEST(InterruptCallsTest, CancelledCallEndsButNotTheInterrupt) {
  RunningServer server;
  Client client = server.Open();
  grpc::ClientContext context;
  auto call = std::async(std::launch::async, [&] {
    v1::InterruptConnectionResponse response;
    return server.stub().InterruptConnection(&context, InterruptOf(client.id()), &response);
  });
  client.WaitReadable();
  context.TryCancel();
  EXPECT_EQ(call.get().error_code(), grpc::StatusCode::CANCELLED);

  client.ReadCloseAndAnswer();
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  const v1::Connection gone = server.GetWhenClosed(client.id());
  EXPECT_EQ(gone.close().cause(), "interrupted");
  EXPECT_TRUE(gone.close().clean());
}

TEST(InterruptCallsTest, OneCallerLeavingDoesNotDisturbTheOthers) {
  RunningServer server;
  Client client = server.Open();
  auto patient = StartInterrupt(server, InterruptOf(client.id()));
  client.WaitReadable();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(50));
  v1::InterruptConnectionResponse response;
  EXPECT_EQ(server.stub().InterruptConnection(&context, InterruptOf(client.id()), &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  client.ReadCloseAndAnswer();
  const InterruptReply reply = patient.get();
  ASSERT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
}

TEST(InterruptCallsTest, NoWaitAnswersOnceItIsIrrevocable) {
  RunningServer server;
  Client client = server.Open();
  auto request = InterruptOf(client.id());
  request.set_no_wait(true);
  const InterruptReply accepted = Interrupt(server, request);
  ASSERT_TRUE(accepted.status.ok());
  EXPECT_EQ(accepted.response.outcome(), v1::INTERRUPT_OUTCOME_ACCEPTED);
  EXPECT_FALSE(accepted.response.joined());
  EXPECT_EQ(accepted.response.connection().state(), v1::CONNECTION_STATE_CLOSING);
  EXPECT_EQ(accepted.response.connection().close().cause(), "interrupted");

  client.SendText("too late");
  auto joining = StartInterrupt(server, InterruptOf(client.id()));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1008) << "and no echo before it";
  const InterruptReply joined = joining.get();
  ASSERT_TRUE(joined.status.ok());
  EXPECT_TRUE(joined.response.joined());
  EXPECT_EQ(joined.response.connection().received_messages(), 0u);
  EXPECT_TRUE(joined.response.connection().close().clean());
}

// Interrupts a client that does not answer, with a grace longer than the test.
std::future<InterruptReply> StartPatiently(RunningServer& server, Client& client) {
  auto request = InterruptOf(client.id(), 3 * kPatience);
  request.set_code(4000);
  request.set_reason("first");
  auto reply = StartInterrupt(server, request);
  EXPECT_EQ(client.ReadClose().code(), 4000);
  return reply;
}

// Both callers get the same facts: the close of the first request, and its outcome.
void ExpectShortened(const InterruptReply& reply, bool joined, v1::InterruptOutcome outcome) {
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_EQ(reply.response.outcome(), outcome);
  EXPECT_EQ(reply.response.joined(), joined);
  EXPECT_EQ(reply.response.connection().close().cause(), "interrupted");
  EXPECT_EQ(reply.response.connection().close().sent_code(), 4000u);
  EXPECT_EQ(reply.response.connection().close().sent_reason(), "first");
  EXPECT_FALSE(reply.response.connection().close().clean());
}

TEST(InterruptCallsTest, AnAbortWasIgnoredOnceACloseHadBegun) {
  RunningServer server;
  Client client = server.Open();
  auto first = StartPatiently(server, client);
  auto request = InterruptOf(client.id());
  request.set_abort(true);
  ExpectShortened(Interrupt(server, request), true, v1::INTERRUPT_OUTCOME_CLOSED_ABORTED);
  ExpectShortened(first.get(), false, v1::INTERRUPT_OUTCOME_CLOSED_ABORTED);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kReset);
}

TEST(InterruptCallsTest, AShorterGraceWasIgnoredOnceACloseHadBegun) {
  RunningServer server;
  Client client = server.Open();
  auto first = StartPatiently(server, client);
  ExpectShortened(Interrupt(server, InterruptOf(client.id(), milliseconds(100))), true,
                  v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  ExpectShortened(first.get(), false, v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
}

TEST(InterruptCallsTest, ABulkInterruptShortensTheClosingsThatItJoins) {
  for (const bool abort : {false, true}) {
    RunningServer server;
    Client client = server.Open();
    auto first = StartPatiently(server, client);
    grpc::ClientContext context;
    v1::InterruptConnectionsRequest request;
    request.set_filter("*");
    request.set_all(true);
    request.set_abort(abort);
    request.mutable_grace()->set_nanos(100'000'000);
    v1::InterruptConnectionsResponse progress;
    const auto call = server.stub().InterruptConnections(&context, request);
    while (call->Read(&progress)) {
    }
    EXPECT_TRUE(call->Finish().ok());
    EXPECT_EQ(progress.closed_aborted_count(), abort ? 1 : 0);
    EXPECT_EQ(progress.closed_timeout_count(), abort ? 0 : 1);
    ExpectShortened(first.get(), false,
                    abort ? v1::INTERRUPT_OUTCOME_CLOSED_ABORTED : v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  }
}

TEST(InterruptCallsTest, ADrainShortensTheClosingsThatItJoins) {
  Flags flags = TestFlags();
  flags.drain_grace = milliseconds(100);
  RunningServer server(flags);
  Client client = server.Open();
  auto first = StartPatiently(server, client);
  server.server().Shutdown();
  ExpectShortened(first.get(), false, v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
}

// After a second signal the server no longer waits for clients that were told to close by the first.
TEST(InterruptCallsTest, AHastenedShutdownShortensItsOwnClosings) {
  Flags flags = TestFlags();
  flags.drain_grace = 3 * kPatience;
  RunningServer server(flags);
  Client client = server.Open();
  const auto connection = server.Find(client.id());
  std::thread shutdown([&] { server.server().Shutdown(); });
  client.ReadClose();
  server.server().HastenShutdown();
  shutdown.join();
  ASSERT_TRUE(connection->close_result().has_value());
  EXPECT_EQ(connection->close_request()->cause, CloseCause::kShutdown);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kTimeout);
}

TEST(InterruptCallsTest, RepeatedInterruptReadsHowItEnded) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("one");
  auto first = StartInterrupt(server, InterruptOf(client.id()));
  client.ReadCloseAndAnswer();
  const InterruptReply ended = first.get();
  ASSERT_TRUE(ended.status.ok());

  auto request = InterruptOf(client.id());
  request.set_code(4000);
  const InterruptReply again = Interrupt(server, request);
  ASSERT_TRUE(again.status.ok());
  EXPECT_EQ(again.response.outcome(), v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
  EXPECT_TRUE(again.response.joined());
  EXPECT_EQ(again.response.connection().state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(again.response.connection().received_messages(), 1u);
  EXPECT_EQ(again.response.connection().close().sent_code(), 1008u);
}

TEST(InterruptCallsTest, AllowMissingTakesAnUnknownIdAsClosed) {
  RunningServer server;
  auto request = InterruptOf("abcd-12345678-1");
  request.set_allow_missing(true);
  const InterruptReply reply = Interrupt(server, request);
  ASSERT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.response.outcome(), v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
}

Flags WithShortDrain() {
  Flags flags = TestFlags();
  flags.drain_grace = milliseconds(300);
  return flags;
}

TEST(InterruptCallsTest, ShutdownShortensAnInterruptThatWaitsAndAnswersItsCaller) {
  RunningServer server(WithShortDrain());
  Client client = server.Open();
  auto waiting = StartInterrupt(server, InterruptOf(client.id()));
  server.WaitUntilClosing(client.id());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(server.server().Shutdown(), 1);
  EXPECT_LE(std::chrono::steady_clock::now() - begin, milliseconds(300 + 250 + 1000));

  const InterruptReply reply = waiting.get();
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_EQ(reply.response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  EXPECT_EQ(reply.response.connection().close().initiator(), v1::CLOSE_INITIATOR_CONTROL);
  EXPECT_EQ(client.ReadClose().code(), 1008);
}

TEST(InterruptCallsTest, InterruptDuringAShutdownJoinsIt) {
  RunningServer server(WithShortDrain());
  Client client = server.Open();
  std::thread shutdown([&] { server.server().Shutdown(); });
  server.WaitUntilClosing(client.id());
  const InterruptReply reply = Interrupt(server, InterruptOf(client.id()));
  shutdown.join();
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_TRUE(reply.response.joined());
  EXPECT_EQ(reply.response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  EXPECT_EQ(reply.response.connection().close().initiator(), v1::CLOSE_INITIATOR_DRAIN);
  EXPECT_EQ(reply.response.connection().close().cause(), "shutdown");
  EXPECT_EQ(client.ReadClose().code(), 1001);
}

}  // namespace
}  // namespace drawbridge
