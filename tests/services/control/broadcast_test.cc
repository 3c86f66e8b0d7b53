// The counts and bounds of BroadcastMessage, on connections without a session.
#include "services/control/broadcast.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gateway/connections/outbox.h"
#include "gateway/connections/send_budget.h"
#include "gtest/gtest.h"
#include "services/control/send.h"
#include "tests/services/control/listed_clients.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

v1::BroadcastMessageRequest TextToAll(const std::string& text) {
  v1::BroadcastMessageRequest request;
  request.set_filter("*");
  request.mutable_message()->set_text(text);
  return request;
}

class BroadcastTest : public ::testing::Test {
 protected:
  std::unique_ptr<Broadcast> Begin(const v1::BroadcastMessageRequest& request) {
    std::unique_ptr<Broadcast> broadcast;
    EXPECT_TRUE(Broadcast::Begin(clients_.registry, clients_.clock, budget_, request, &broadcast).ok());
    return broadcast;
  }
  void ExpectCounts(const Broadcast& broadcast, int64_t queued, int64_t dropped) {
    EXPECT_EQ(broadcast.Response().matched_count(), queued + dropped);
    EXPECT_EQ(broadcast.Response().queued_count(), queued);
    EXPECT_EQ(broadcast.Response().dropped_count(), dropped);
  }
  static std::vector<OutboundMessage> Queued(Connection& connection) {
    bool more = false;
    return connection.TakeOutbox(Outbox::kAll, &more);
  }

  SendBudget budget_;
  ListedClients clients_;
};

TEST_F(BroadcastTest, AllThatMatchShareTheBytes) {
  const auto first = clients_.Add({.path = "/chat"});
  const auto second = clients_.Add({.path = "/chat"});
  const auto other = clients_.Add({.path = "/news"});
  auto request = TextToAll("hello");
  request.set_filter("path = \"/chat\"");
  const auto broadcast = Begin(request);
  EXPECT_FALSE(broadcast->SendSome());
  ExpectCounts(*broadcast, 2, 0);
  const auto one = Queued(*first);
  const auto two = Queued(*second);
  ASSERT_EQ(one.size(), 1U);
  ASSERT_EQ(two.size(), 1U);
  EXPECT_EQ(one[0].type, MessageType::kText);
  EXPECT_EQ(*one[0].payload, "hello");
  EXPECT_EQ(one[0].payload, two[0].payload);
  EXPECT_TRUE(Queued(*other).empty());
}

TEST_F(BroadcastTest, BinaryAndEmptyMessagesAreMessages) {
  const auto connection = clients_.Add();
  auto request = TextToAll("");
  Begin(request)->SendSome();
  request.mutable_message()->set_binary(std::string("\0\xff", 2));
  Begin(request)->SendSome();
  const auto queued = Queued(*connection);
  ASSERT_EQ(queued.size(), 2U);
  EXPECT_EQ(queued[0].type, MessageType::kText);
  EXPECT_EQ(*queued[0].payload, "");
  EXPECT_EQ(queued[1].type, MessageType::kBinary);
  EXPECT_EQ(*queued[1].payload, std::string("\0\xff", 2));
}

TEST_F(BroadcastTest, GoesOutInPartsToWhoWasThereAtTheStart) {
  for (int i = 0; i < 5'000; ++i) clients_.Add();
  const auto broadcast = Begin(TextToAll("hello"));
  clients_.clock.Advance(std::chrono::milliseconds(1));
  const auto late = clients_.Add();
  ASSERT_TRUE(broadcast->SendSome());
  EXPECT_GT(broadcast->Response().queued_count(), 500);
  EXPECT_LT(broadcast->Response().queued_count(), 2'000);
  while (broadcast->SendSome()) {
  }
  ExpectCounts(*broadcast, 5'000, 0);
  EXPECT_TRUE(Queued(*late).empty());
  for (const auto& each : clients_.registrations) {
    if (each.connection() != late) {
      EXPECT_EQ(Queued(*each.connection()).size(), 1U);
    }
  }
}

TEST_F(BroadcastTest, AFullQueueIsDroppedAndTheOthersGetIt) {
  const auto full = clients_.Add({}, {.queue_bytes = 1000});
  const auto too_small = clients_.Add({}, {.queue_bytes = Outbox::kOverhead + 4});
  const auto other = clients_.Add();
  while (full->Send({MessageType::kText, std::make_shared<const std::string>("hallo")}) ==
         SendStatus::kQueued) {
  }
  const uint64_t before = full->traffic().send_queue_messages.Get();
  const auto broadcast = Begin(TextToAll("hello"));
  EXPECT_FALSE(broadcast->SendSome());
  ExpectCounts(*broadcast, 1, 2);
  EXPECT_TRUE(Queued(*too_small).empty());
  EXPECT_EQ(full->traffic().send_queue_messages.Get(), before);
  EXPECT_EQ(Queued(*other).size(), 1U);
}

TEST_F(BroadcastTest, WhomTheNodeHasNoRoomForIsCountedApart) {
  for (int i = 0; i < 10; ++i) clients_.Add({}, {.budget = &budget_});
  budget_.set_limit(100 + 4 * Outbox::kOverhead);
  const auto broadcast = Begin(TextToAll(std::string(100, 'x')));
  EXPECT_FALSE(broadcast->SendSome());
  EXPECT_EQ(broadcast->Response().queued_count(), 4);
  EXPECT_EQ(broadcast->Response().dropped_count(), 0);
  EXPECT_EQ(broadcast->Response().node_full_count(), 6);
  EXPECT_EQ(broadcast->Response().matched_count(), 10);
  EXPECT_EQ(budget_.refused_by_node(), 6u);
}

TEST_F(BroadcastTest, WhoIsClosingOrGoneIsNotCounted) {
  const auto closing = clients_.Add();
  clients_.Add();
  clients_.Add();
  closing->Interrupt(CloseRequest(CloseCause::kInterrupted));
  const auto broadcast = Begin(TextToAll("hello"));
  clients_.End(1);
  EXPECT_FALSE(broadcast->SendSome());
  ExpectCounts(*broadcast, 1, 0);
  EXPECT_TRUE(Queued(*closing).empty());
}

TEST_F(BroadcastTest, StoppedItGoesToNobodyFurther) {
  for (int i = 0; i < 5'000; ++i) clients_.Add();
  const auto broadcast = Begin(TextToAll("hello"));
  ASSERT_TRUE(broadcast->SendSome());
  const int64_t queued = broadcast->Response().queued_count();
  broadcast->Stop();
  EXPECT_FALSE(broadcast->SendSome());
  EXPECT_EQ(broadcast->Response().queued_count(), queued);
}

TEST_F(BroadcastTest, KeepsTheOrderOfWhatIsSentBesides) {
  const auto connection = clients_.Add();
  v1::SendMessageRequest single;
  single.set_connection_id(std::string(connection->info().id));
  for (int i = 0; i < 10; ++i) {
    single.mutable_message()->set_text("single " + std::to_string(i));
    ASSERT_TRUE(SendMessage(clients_.registry, budget_, single).ok());
    Begin(TextToAll("all " + std::to_string(i)))->SendSome();
  }
  const auto queued = Queued(*connection);
  ASSERT_EQ(queued.size(), 20U);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(*queued[2 * i].payload, "single " + std::to_string(i));
    EXPECT_EQ(*queued[2 * i + 1].payload, "all " + std::to_string(i));
  }
}

}  // namespace
}  // namespace drawbridge
