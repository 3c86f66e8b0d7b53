// The bans that a bulk interrupt with refuse_for makes.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/control/bulk_interrupt.h"
#include "tests/services/control/bulk_interrupt_fixture.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

TEST_F(BulkInterruptTest, BansComeBeforeTheFirstClose) {
  clients_.Add({.remote_address = "192.0.2.1:1", .principal = "alice"});
  clients_.Add({.remote_address = "192.0.2.2:1", .principal = "alice"});
  clients_.Add({.remote_address = "192.0.2.3:1"});
  clients_.Add({.remote_address = "192.0.2.3:2"});
  auto request = Everybody();
  request.mutable_refuse_for()->set_seconds(60);
  const auto run = Start(request);
  EXPECT_TRUE(run->TakeBans().empty()) << "nothing is found yet";
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_EQ(Closing(), 0u);
  EXPECT_FALSE(run->done());
  const std::vector<Ban> bans = run->TakeBans();
  ASSERT_EQ(bans.size(), 2u) << "one for each principal or address";
  EXPECT_EQ(bans[0].subject, BanSubject(BannedPrincipal{"alice"}));
  EXPECT_EQ(bans[0].ban_id, clients_.registrations[0].connection()->info().id);
  EXPECT_EQ(bans[1].subject, BanSubject(*IpNetwork::Parse("192.0.2.3")));
  EXPECT_TRUE(run->TakeBans().empty()) << "only once";
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_EQ(Closing(), 0u);
  run->BansMade(grpc::Status::OK);
  WorkNow(*run);
  EXPECT_EQ(Closing(), 4u);
  for (size_t i = 0; i < 4; ++i) clients_.End(i, EndedBy(CloseOutcome::kClean));
  EXPECT_TRUE(run->done());
  EXPECT_TRUE(run->status().ok());
  EXPECT_EQ(run->Progress().ban_count(), 2);
}

TEST_F(BulkInterruptTest, WithoutItsBansNothingIsClosed) {
  AddClients(2);
  auto request = Everybody();
  request.mutable_refuse_for()->set_seconds(60);
  const auto run = Start(request);
  WorkNow(*run);
  EXPECT_FALSE(run->TakeBans().empty());
  run->BansMade(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the disk is full"));
  EXPECT_TRUE(run->done());
  EXPECT_EQ(run->status().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(WorkNow(*run), std::nullopt);
  EXPECT_EQ(Closing(), 0u);
  EXPECT_EQ(run->Progress().ban_count(), 0);
}

TEST_F(BulkInterruptTest, WhereNothingIsClosedNothingIsBanned) {
  AddClients(3);
  auto request = Everybody();
  request.mutable_refuse_for()->set_seconds(60);
  request.set_max_count(2);
  auto run = Start(request);
  WorkNow(*run);
  EXPECT_TRUE(run->done());
  EXPECT_TRUE(run->TakeBans().empty());
  request.clear_max_count();
  request.set_dry_run(true);
  run = Start(request);
  WorkNow(*run);
  EXPECT_TRUE(run->done());
  EXPECT_TRUE(run->TakeBans().empty());
}

TEST_F(BulkInterruptTest, OnlyThoseWithinTheLimitAreBanned) {
  clients_.Add({.principal = "alice"});
  clients_.Add({.principal = "bob"});
  auto request = Everybody();
  request.mutable_refuse_for()->set_seconds(60);
  request.set_limit(1);
  const auto run = Start(request);
  WorkNow(*run);
  const std::vector<Ban> bans = run->TakeBans();
  ASSERT_EQ(bans.size(), 1u);
  EXPECT_EQ(bans[0].subject, BanSubject(BannedPrincipal{"alice"}));
}

TEST_F(BulkInterruptTest, NewcomersAreIncludedWhereTheOptionsSaySo) {
  clients_.Add({.principal = "alice"});
  for (const bool newcomers : {false, true}) {
    BulkInterruptOptions options;
    options.newcomers = newcomers;
    options.dry_run = true;
    BulkInterrupt run(clients_.registry, clients_.clock, std::move(options), 1, [] {});
    clients_.clock.Advance(seconds(1));
    clients_.Add({.principal = "alice"});
    WorkNow(run);
    EXPECT_EQ(run.Progress().matched_count(), newcomers ? 3 : 1);
  }
}

}  // namespace
}  // namespace drawbridge
