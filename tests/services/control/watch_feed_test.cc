// What a watch sends: the snapshot, bookmarks, events, connections that enter or leave a filter, and
// resuming.
#include "services/control/watch_feed.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/services/control/listed_clients.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::seconds;

class WatchFeedTest : public ::testing::Test {
 protected:
  grpc::Status Begin(const v1::WatchConnectionsRequest& request) {
    return WatchFeed::Begin(clients_.registry, clients_.clock, tokens_, {}, request, &feed_);
  }
  void Watch(const std::string& filter = "", bool skip_snapshot = false, const std::string& token = "") {
    v1::WatchConnectionsRequest request;
    request.set_filter(filter);
    request.set_skip_snapshot(skip_snapshot);
    request.set_resume_token(token);
    ASSERT_TRUE(Begin(request).ok());
  }
  std::vector<v1::WatchConnectionsResponse> TakeAll() {
    std::vector<v1::WatchConnectionsResponse> all;
    std::vector<v1::WatchConnectionsResponse> next;
    do {
      EXPECT_TRUE(feed_->Next(&next).ok());
      all.insert(all.end(), next.begin(), next.end());
    } while (!feed_->idle());
    for (const auto& each : all) {
      EXPECT_EQ(each.node_id(), "node-a");
      if (each.has_connection()) {
        EXPECT_EQ(each.connection().node_id(), "node-a");
      }
    }
    if (!all.empty()) token_ = all.back().resume_token();
    return all;
  }
  // Returns the events as text: "+1" opened, "=1" updated, "-1" closed, "B" a bookmark, "s" before events of
  // the snapshot; then the first letters of the state.
  std::string Tell() {
    std::string story;
    for (const auto& each : TakeAll()) {
      if (!story.empty()) story += ' ';
      if (each.snapshot()) story += 's';
      story += std::string(" +=-B")[each.type()];
      if (!each.has_connection()) continue;
      const auto sequence = clients_.registry.node().Sequence(each.connection().connection_id());
      story += std::to_string(sequence.value_or(0));
      story += v1::ConnectionState_Name(each.connection().state()).substr(17, 3);
    }
    return story;
  }
  void Close(size_t index) {
    clients_.registrations[index].connection()->Interrupt(CloseRequest(CloseCause::kInterrupted));
    clients_.registrations[index].TellClosing();
  }

  ListedClients clients_;
  WatchTokens tokens_;
  std::unique_ptr<WatchFeed> feed_;
  std::string token_;  // of the last response
};

TEST_F(WatchFeedTest, SnapshotBookmarkEvents) {
  clients_.Add();
  clients_.Add();
  Watch();
  EXPECT_EQ(Tell(), "s+1OPE s+2OPE B");
  EXPECT_EQ(Tell(), "");
  clients_.Label(*clients_.Add(), {{"a", "b"}});
  Close(0);
  clients_.End(0);
  EXPECT_EQ(Tell(), "+3OPE =3OPE =1CLO -1CLO");
}

TEST_F(WatchFeedTest, ARowIsWholeAndShowsTheStateOfItsEvent) {
  Watch();
  Tell();
  const auto connection = clients_.Add({.remote_address = "1.2.3.4:5", .principal = "anna", .path = "/p"});
  clients_.Label(*connection, {{"tier", "gold"}});
  Close(0);
  clients_.End(0, {.sent_code = 1008});
  const auto all = TakeAll();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].connection().principal(), "anna");
  EXPECT_EQ(all[0].connection().path(), "/p");
  EXPECT_EQ(all[0].connection().state(), v1::CONNECTION_STATE_OPEN);
  EXPECT_FALSE(all[0].connection().has_close());
  EXPECT_EQ(all[1].connection().labels().at("tier"), "gold");
  EXPECT_EQ(all[2].type(), v1::CONNECTION_EVENT_TYPE_UPDATED);
  EXPECT_EQ(all[2].connection().state(), v1::CONNECTION_STATE_CLOSING);
  EXPECT_EQ(all[2].connection().close().cause(), "interrupted");
  EXPECT_FALSE(all[2].connection().close().has_close_time()) << "not known then";
  EXPECT_EQ(all[3].type(), v1::CONNECTION_EVENT_TYPE_CLOSED);
  EXPECT_EQ(all[3].connection().state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(all[3].connection().close().sent_code(), 1008U);
  EXPECT_TRUE(all[3].connection().close().has_close_time());
}

TEST_F(WatchFeedTest, WithoutASnapshotABookmarkComesAtOnce) {
  clients_.Add();
  Watch("", /*skip_snapshot=*/true);
  EXPECT_EQ(Tell(), "B");
  clients_.Add();
  EXPECT_EQ(Tell(), "+2OPE");
}

TEST_F(WatchFeedTest, WhatHappensDuringTheSnapshotIsToldBehindIt) {
  for (int i = 0; i < 300; ++i) clients_.Add();
  Watch();
  std::vector<v1::WatchConnectionsResponse> first;
  ASSERT_TRUE(feed_->Next(&first).ok());
  ASSERT_LT(first.size(), 300U);
  clients_.End(0);    // was sent already
  clients_.End(299);  // was not sent yet
  clients_.Add();
  const auto rest = TakeAll();
  EXPECT_EQ(first.size() + rest.size(), 300U + 1 + 3);  // 300 rows, the bookmark and three events
  EXPECT_EQ(rest.back().type(), v1::CONNECTION_EVENT_TYPE_OPENED);
  EXPECT_EQ(rest[rest.size() - 2].type(), v1::CONNECTION_EVENT_TYPE_CLOSED);
  EXPECT_EQ(rest[rest.size() - 3].type(), v1::CONNECTION_EVENT_TYPE_CLOSED);
  EXPECT_EQ(rest[rest.size() - 4].type(), v1::CONNECTION_EVENT_TYPE_BOOKMARK);
}

TEST_F(WatchFeedTest, OnlyWhoMatchesIsTold) {
  clients_.Add({.path = "/a"});
  clients_.Add({.path = "/b"});
  Watch("path = \"/a\"");
  EXPECT_EQ(Tell(), "s+1OPE B");
  clients_.Add({.path = "/b"});
  clients_.Add({.path = "/a"});
  clients_.Label(*clients_.registrations[1].connection(), {{"x", "1"}});
  Close(1);
  clients_.End(1);
  EXPECT_EQ(Tell(), "+4OPE");
}

TEST_F(WatchFeedTest, WhoComesToMatchIsOpenedAndWhoCeasesIsClosed) {
  const auto connection = clients_.Add();
  Watch("labels.tier = gold");
  EXPECT_EQ(Tell(), "B");
  clients_.Label(*connection, {{"tier", "silver"}});
  EXPECT_EQ(Tell(), "");
  clients_.Label(*connection, {{"tier", "gold"}});
  EXPECT_EQ(Tell(), "+1OPE");
  clients_.Label(*connection, {{"tier", "gold"}, {"more", "x"}});
  EXPECT_EQ(Tell(), "=1OPE");
  clients_.Label(*connection, {});
  EXPECT_EQ(Tell(), "-1OPE") << "it goes on, outside of the filter";
  clients_.End(0);
  EXPECT_EQ(Tell(), "");
}

TEST_F(WatchFeedTest, AFilterOfTheStateIsLeftByClosing) {
  clients_.Add();
  Watch("state = OPEN");
  EXPECT_EQ(Tell(), "s+1OPE B");
  Close(0);
  EXPECT_EQ(Tell(), "-1CLO");
  Watch("state = CLOSING");
  EXPECT_EQ(Tell(), "s+1CLO B");
  clients_.End(0);
  EXPECT_EQ(Tell(), "-1CLO");
}

// A change is applied before it is recorded, so two changes may be recorded in the reverse order.
TEST_F(WatchFeedTest, CrossingRecordsOfALabelStillTellThatItLeft) {
  const auto connection = clients_.Add();
  clients_.Label(*connection, {{"tier", "gold"}});
  Watch("labels.tier = gold");
  EXPECT_EQ(Tell(), "s+1OPE B");
  const AttributesPointer gold = connection->attributes();
  const AttributesPointer silver(new Attributes);
  const AttributesPointer lead(new Attributes);
  ASSERT_TRUE(connection->ReplaceAttributes(gold, silver));
  ASSERT_TRUE(connection->ReplaceAttributes(silver, lead));
  clients_.registry.events().Updated(*connection, silver);
  EXPECT_EQ(Tell(), "");
  clients_.registry.events().Updated(*connection, gold);
  EXPECT_EQ(Tell(), "-1OPE");
}

TEST_F(WatchFeedTest, ALabelThatTheClosingOvertakesStillTellsThatItLeft) {
  const auto connection = clients_.Add();
  clients_.Label(*connection, {{"tier", "gold"}});
  Watch("labels.tier = gold AND state = OPEN");
  EXPECT_EQ(Tell(), "s+1OPE B");
  const AttributesPointer gold = connection->attributes();
  ASSERT_TRUE(connection->ReplaceAttributes(gold, AttributesPointer(new Attributes)));
  Close(0);
  EXPECT_EQ(Tell(), "");
  clients_.registry.events().Updated(*connection, gold);
  EXPECT_EQ(Tell(), "-1CLO");
}

TEST_F(WatchFeedTest, IdleItIsMarkedInTime) {
  Watch("path = \"/a\"");
  EXPECT_EQ(Tell(), "B");
  clients_.clock.Advance(seconds(8));
  EXPECT_EQ(Tell(), "");
  clients_.clock.Advance(seconds(1));
  EXPECT_EQ(Tell(), "B");
  const std::string before = token_;
  clients_.Add({.path = "/b"});
  clients_.clock.Advance(seconds(9));
  EXPECT_EQ(Tell(), "B") << "for this filter nothing happened";
  EXPECT_NE(token_, before) << "but the place to resume from is further";
  clients_.clock.Advance(seconds(5));
  clients_.Add({.path = "/a"});
  EXPECT_EQ(Tell(), "+2OPE");
  clients_.clock.Advance(seconds(5));
  EXPECT_EQ(Tell(), "") << "the last response was five seconds ago";
}

TEST_F(WatchFeedTest, ResumesBehindTheResponseOfItsToken) {
  clients_.Add();
  Watch();
  Tell();
  clients_.Add();
  clients_.Add();
  const auto all = TakeAll();
  ASSERT_EQ(all.size(), 2U);
  clients_.End(0);
  Watch("", false, all[0].resume_token());
  EXPECT_EQ(Tell(), "+3OPE -1CLO B");
  Watch("", false, token_);
  EXPECT_EQ(Tell(), "B") << "nothing was missed";
}

TEST_F(WatchFeedTest, ResumesInsideTheSnapshot) {
  for (int i = 0; i < 5; ++i) clients_.Add();
  Watch();
  const auto all = TakeAll();
  ASSERT_EQ(all.size(), 6U);
  clients_.End(1);
  Watch("", false, all[2].resume_token());
  EXPECT_EQ(Tell(), "s+4OPE s+5OPE B -2CLO");
}

TEST_F(WatchFeedTest, WhoeverIsForgottenIsStillTakenOut) {
  ListedClients& clients = clients_;
  Watch("path = \"/a\"");
  Tell();
  const auto connection = clients.Add({.path = "/a"});
  EXPECT_EQ(Tell(), "+1OPE");
  Close(0);
  clients.End(0);
  clients.clock.Advance(std::chrono::minutes(6));
  const auto all = TakeAll();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].type(), v1::CONNECTION_EVENT_TYPE_CLOSED);
  EXPECT_EQ(all[0].connection().connection_id(), connection->info().id);
  EXPECT_EQ(all[0].connection().state(), v1::CONNECTION_STATE_CLOSED);
}

TEST_F(WatchFeedTest, FarBehindItLagsAndLongAgoIsOutOfRange) {
  Watch();
  Tell();
  const std::string token = token_;
  for (int i = 0; i < 70'000; ++i) clients_.registry.Add({}).Reset();
  EXPECT_TRUE(feed_->lags());
  Watch("", false, token);
  EXPECT_FALSE(feed_->lags()) << "resumed, it may catch up";
  for (int i = 0; i < 70'000; ++i) clients_.registry.Add({}).Reset();
  EXPECT_TRUE(feed_->lags()) << "what it was to catch up with is gone";
  v1::WatchConnectionsRequest request;
  request.set_resume_token(token);
  EXPECT_EQ(FactsOf(Begin(request)), (StatusFacts{grpc::StatusCode::OUT_OF_RANGE, "RESUME_TOKEN_TOO_OLD"}));
}

TEST_F(WatchFeedTest, RefusesBadRequests) {
  Watch();
  TakeAll();
  const std::string token = token_;
  Watch("path = \"/a\"");
  TakeAll();
  struct Case {
    std::string filter;
    std::string token;
    StatusFacts facts;
  };
  const auto invalid = [](const char* reason, const char* field) {
    return StatusFacts{grpc::StatusCode::INVALID_ARGUMENT, reason, field};
  };
  std::string tampered = token;
  tampered[3] = static_cast<char>(tampered[3] ^ 1);
  const std::vector<Case> cases = {
      {"path =", "", invalid("FILTER_INVALID", "filter")},
      {"received_messages > 5", "", invalid("FILTER_NOT_WATCHABLE", "filter")},
      {"NOT send_queue_bytes = 0", "", invalid("FILTER_NOT_WATCHABLE", "filter")},
      {"path = \"/a\" AND round_trip_time > 1s", "", invalid("FILTER_NOT_WATCHABLE", "filter")},
      {"create_time < -30s", "", invalid("FILTER_NOT_WATCHABLE", "filter")},
      {"last_receive_time > \"2026-01-01T00:00:00Z\"", "", invalid("FILTER_NOT_WATCHABLE", "filter")},
      {"last_message_time:*", "", invalid("FILTER_NOT_WATCHABLE", "filter")},
      {"", "x", invalid("RESUME_TOKEN_INVALID", "resume_token")},
      {"", tampered, invalid("RESUME_TOKEN_INVALID", "resume_token")},
      {"", token + "x", invalid("RESUME_TOKEN_INVALID", "resume_token")},
      {"", token_, invalid("RESUME_TOKEN_INVALID", "resume_token")},
      {"path = \"/b\"", token_, invalid("RESUME_TOKEN_INVALID", "resume_token")},
  };
  for (const Case& each : cases) {
    v1::WatchConnectionsRequest request;
    request.set_filter(each.filter);
    request.set_resume_token(each.token);
    EXPECT_EQ(FactsOf(Begin(request)), each.facts) << each.filter;
  }
  Watch("create_time < \"2026-01-01T00:00:00Z\" AND expire_time:* AND tls = false AND labels.a = b");
}

TEST_F(WatchFeedTest, ATokenOfAnotherNodeOrStartIsRefused) {
  ListedClients other;
  Watch();
  TakeAll();
  v1::WatchConnectionsRequest request;
  request.set_resume_token(token_);
  std::unique_ptr<WatchFeed> feed;
  const Registry restarted(NodeIdentity("node-a", "abcd1235"), {}, &other.clock);
  EXPECT_EQ(FactsOf(WatchFeed::Begin(restarted, other.clock, tokens_, {}, request, &feed)).reason,
            "RESUME_TOKEN_INVALID");
  EXPECT_EQ(FactsOf(WatchFeed::Begin(other.registry, other.clock, WatchTokens(), {}, request, &feed)).reason,
            "RESUME_TOKEN_INVALID")
      << "another process has another key";
}

}  // namespace
}  // namespace drawbridge
