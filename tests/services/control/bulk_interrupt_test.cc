// Every field, bound and counter of InterruptConnections, except its bans (bulk_interrupt_bans_test.cc).
#include "services/control/bulk_interrupt.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/control/bulk_interrupt_fixture.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;

// ------------------------------------------------------------------------------------- which connections

TEST_F(BulkInterruptTest, EndsAllThatMatchAndNobodyElse) {
  AddClients(3);
  const auto chosen = clients_.Add({.principal = "alice"});
  auto request = Everybody();
  request.set_filter("principal = alice");
  request.set_code(4001);
  request.set_reason("so long");
  request.mutable_grace()->set_seconds(2);
  request.set_drop_pending(true);
  request.set_abort(true);
  const auto run = Start(request);
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_EQ(Closing(), 1U);
  const auto close = chosen->close_request();
  ASSERT_TRUE(close.has_value());
  EXPECT_EQ(close->cause, CloseCause::kInterrupted);
  EXPECT_EQ(close->code, 4001);
  EXPECT_EQ(close->reason, "so long");
  EXPECT_EQ(close->grace, seconds(2));
  EXPECT_TRUE(close->drop_pending);
  EXPECT_TRUE(close->abort);
  EXPECT_EQ(run->Progress().matched_count(), 1);
}

TEST_F(BulkInterruptTest, WhoComesAfterTheStartIsNotMeant) {
  AddClients(10'000);
  const auto run = Start(Everybody());
  clients_.clock.Advance(milliseconds(1));
  const auto late = clients_.Add();
  ASSERT_TRUE(run->Work().has_value());
  EXPECT_EQ(Closing(), 0U) << "first all are found, in parts";
  WorkNow(*run);
  EXPECT_EQ(run->Progress().matched_count(), 10'000);
  EXPECT_EQ(Closing(), 10'000U);
  EXPECT_EQ(late->state(), ConnectionState::kOpen);
}

TEST_F(BulkInterruptTest, WhereNobodyMatchesItIsDone) {
  AddClients(3);
  auto request = Everybody();
  request.set_filter("principal = nobody");
  const auto run = Start(request);
  EXPECT_FALSE(run->done());
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_TRUE(run->done());
  EXPECT_TRUE(run->status().ok());
  EXPECT_EQ(run->Progress().matched_count(), 0);
}

// The request that grpc-js sends for {filter: '*', dry_run: true}. It drops the field, which it calls dryRun.
TEST_F(BulkInterruptTest, ADryRunThatTheClientLibraryDroppedClosesNobody) {
  v1::InterruptConnectionsRequest request;
  BulkInterruptOptions options;
  for (const std::string filter :
       {"*", "NOT (NOT path:*)", "path = \"/*\"", "connection_id:* OR tls = true"}) {
    request.set_filter(filter);
    const grpc::Status status = ParseBulkInterrupt(request, &options);
    EXPECT_EQ(FactsOf(status), (StatusFacts{grpc::StatusCode::INVALID_ARGUMENT, "ALL_REQUIRED", "all"}))
        << filter;
    for (const std::string name : {"all = true", "max_count", "maxCount", "dry_run", "dryRun"})
      EXPECT_THAT(status.error_message(), ::testing::HasSubstr(name));
  }
}

TEST_F(BulkInterruptTest, AllIsNotNeededWhereTheNumberIsBoundedOrTheFilterChooses) {
  const auto accepted = [](auto change) {
    v1::InterruptConnectionsRequest request;
    BulkInterruptOptions options;
    request.set_filter("*");
    change(request);
    return ParseBulkInterrupt(request, &options).ok();
  };
  EXPECT_FALSE(accepted([](auto&) {}));
  EXPECT_TRUE(accepted([](auto& r) { r.set_all(true); }));
  EXPECT_TRUE(accepted([](auto& r) { r.set_dry_run(true); }));
  EXPECT_TRUE(accepted([](auto& r) { r.set_max_count(5); }));
  EXPECT_TRUE(accepted([](auto& r) { r.set_limit(5); }));
  EXPECT_TRUE(accepted([](auto& r) { r.set_filter("path = \"/chat*\""); }));
}

TEST_F(BulkInterruptTest, ADryRunCountsAndSamplesAndClosesNothing) {
  AddClients(6'000);
  auto request = Everybody();
  request.set_dry_run(true);
  const auto run = Start(request);
  ASSERT_TRUE(run->Work().has_value());
  EXPECT_EQ(run->Progress().sample_connection_ids_size(), 0) << "with the last message alone";
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_TRUE(run->done());
  EXPECT_TRUE(run->status().ok());
  EXPECT_EQ(Closing(), 0U);
  const auto progress = run->Progress();
  EXPECT_EQ(progress.matched_count(), 6'000);
  ASSERT_EQ(progress.sample_connection_ids_size(), 100);
  EXPECT_EQ(progress.sample_connection_ids(0), clients_.registrations[0].connection()->info().id);
  EXPECT_EQ(progress.sample_connection_ids(99), clients_.registrations[99].connection()->info().id);
}

TEST_F(BulkInterruptTest, MoreThanMaxCountAreRefusedByNumberAndNothingIsClosed) {
  AddClients(5'000);
  for (const bool dry_run : {false, true}) {
    auto request = Everybody();
    request.set_dry_run(dry_run);
    request.set_max_count(4'999);
    request.set_limit(1);
    const auto run = Start(request);
    EXPECT_EQ(WorkNow(*run), std::nullopt);
    EXPECT_TRUE(run->done());
    EXPECT_EQ(FactsOf(run->status()), (StatusFacts{grpc::StatusCode::FAILED_PRECONDITION, "TOO_MANY_MATCH"}));
    EXPECT_THAT(run->status().error_message(), ::testing::HasSubstr("5000 connections match"));
    EXPECT_EQ(Closing(), 0U);
  }
  auto request = Everybody();
  request.set_max_count(5'000);
  WorkNow(*Start(request));
  EXPECT_EQ(Closing(), 5'000U);
}

TEST_F(BulkInterruptTest, ALimitEndsTheOldest) {
  AddClients(10);
  auto request = Everybody();
  request.set_limit(4);
  const auto run = Start(request);
  WorkNow(*run);
  EXPECT_EQ(run->Progress().matched_count(), 10);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(clients_.registrations[i].connection()->state(),
              i < 4 ? ConnectionState::kClosing : ConnectionState::kOpen);
  }
}

// ------------------------------------------------------------------------------------- pace

TEST_F(BulkInterruptTest, KeepsTheRateEvenly) {
  AddClients(1'000);
  const auto run = Start(Everybody(5'000));
  WorkFor(*run, milliseconds(20));  // until all are found
  for (size_t before = Closing(), part = 0; part < 8; ++part) {
    WorkFor(*run, milliseconds(20));
    EXPECT_NEAR(static_cast<double>(Closing() - before), 100, 2);
    before = Closing();
  }
}

TEST_F(BulkInterruptTest, WithoutARateItIs500ASecond) {
  AddClients(1'000);
  const auto run = Start(Everybody(0));
  WorkFor(*run, seconds(1));
  EXPECT_NEAR(static_cast<double>(Closing()), 500, 2);
}

TEST_F(BulkInterruptTest, WhoIsGoneAlreadyTakesNobodysTurn) {
  AddClients(101);
  const auto run = Start(Everybody(1));
  ASSERT_TRUE(run->Work().has_value());
  for (size_t i = 0; i < 100; ++i) clients_.End(i);
  // The first slot ends after a second. The remaining connection takes it.
  clients_.clock.Advance(seconds(1));
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_EQ(Closing(), 1U);
  EXPECT_EQ(run->Progress().already_closed_count(), 100);
}

TEST_F(BulkInterruptTest, OnlySoManyAreEndingAtOnce) {
  AddClients(1'000);
  const auto run = Start(Everybody());
  WorkNow(*run, /*sessions_act=*/false);
  EXPECT_EQ(Closing(), 256U);
  clients_.clock.Advance(seconds(1));
  WorkNow(*run, /*sessions_act=*/false);
  EXPECT_EQ(Closing(), 256U) << "as long as the sessions do not know";
  for (size_t i = 0; i < 100; ++i) clients_.End(i);
  WorkNow(*run, /*sessions_act=*/false);
  EXPECT_EQ(Closing(), 256U) << "who is gone makes room";
  EXPECT_EQ(run->Progress().closed_aborted_count(), 100);
}

TEST_F(BulkInterruptTest, PeersThatTakeTheirTimeHoldUpTheOthersForAMoment) {
  AddClients(1'000);
  const auto run = Start(Everybody());
  WorkFor(*run, milliseconds(20));
  EXPECT_EQ(Closing(), 256U);
  WorkFor(*run, milliseconds(20));
  EXPECT_EQ(Closing(), 512U);
  WorkFor(*run, milliseconds(60));
  EXPECT_EQ(Closing(), 1'000U);
}

// ------------------------------------------------------------------------------------- results

TEST_F(BulkInterruptTest, CountsEveryOutcomeAndIsDoneWhenTheLastIsGone) {
  AddClients(6);
  const auto joined = clients_.registrations[5].connection();
  joined->Interrupt(CloseRequest(CloseCause::kIdle));
  const auto run = Start(Everybody());
  ASSERT_TRUE(run->Work().has_value());
  clients_.End(0);
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_FALSE(run->done());
  EXPECT_EQ(ended_, 0);
  clients_.End(1, EndedBy(CloseOutcome::kClean));
  clients_.End(2, EndedBy(CloseOutcome::kTimeout));
  clients_.End(3, EndedBy(CloseOutcome::kRejected));
  auto progress = run->Progress();
  EXPECT_EQ(progress.closed_clean_count(), 1);
  EXPECT_EQ(progress.closed_timeout_count(), 1);
  EXPECT_EQ(progress.closed_rejected_count(), 1);
  EXPECT_EQ(progress.closed_aborted_count(), 0);
  EXPECT_EQ(progress.already_closed_count(), 1);
  clients_.End(4, EndedBy(CloseOutcome::kAborted));
  EXPECT_EQ(ended_, 0);
  clients_.End(5, EndedBy(CloseOutcome::kClean));
  EXPECT_EQ(ended_, 1);
  EXPECT_TRUE(run->done());
  progress = run->Progress();
  EXPECT_EQ(progress.matched_count(), 6);
  EXPECT_EQ(progress.closed_clean_count(), 2) << "who was closing already is counted by how it ended";
  EXPECT_EQ(progress.closed_aborted_count(), 1);
  EXPECT_EQ(progress.closed_rejected_count(), 1);
  EXPECT_EQ(joined->close_request()->cause, CloseCause::kIdle);
}

TEST_F(BulkInterruptTest, WhenItDiesNothingMoreIsEndedAndWhatWasBegunGoesOn) {
  AddClients(100);
  auto run = Start(Everybody(10));
  ASSERT_TRUE(run->Work().has_value());
  WorkFor(*run, milliseconds(300));
  EXPECT_EQ(Closing(), 3U);
  run.reset();
  clients_.clock.Advance(seconds(20));
  EXPECT_EQ(Closing(), 3U);
  for (size_t i = 0; i < 3; ++i) clients_.End(i, EndedBy(CloseOutcome::kClean));
  EXPECT_EQ(clients_.registry.size(), 97U);
}

}  // namespace
}  // namespace drawbridge
