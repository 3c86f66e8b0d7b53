// The memory of all send queues together is counted, bounded and released, with and without TLS.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/outbox.h"
#include "gateway/connections/send_budget.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

constexpr size_t kMegabyte = 1'000'000;
constexpr size_t kLarge = 8 * kMegabyte;  // more than the kernel buffers for a client that does not read

using Payload = std::shared_ptr<const std::string>;

SendStatus Send(Connection& connection, Payload payload) {
  return connection.Send({MessageType::kBinary, std::move(payload)});
}

// With and without TLS.
class BudgetTest : public ::testing::TestWithParam<bool> {
 protected:
  void Start(size_t total, size_t send_queue_bytes = 64 << 20) {
    GatewayOptions options{.send_queue_total_bytes = total,
                           .session = {.send_queue_bytes = send_queue_bytes, .ping_interval = seconds(0)}};
    if (GetParam()) options.tls = {.certificate = files_.certificate.path(), .key = files_.key.path()};
    running_ = std::make_unique<RunningGateway>(options);
  }
  Client Open(Client::Options options = SmallBuffers()) {
    if (GetParam()) options.tls = &tls_;
    return running_->Open(options);
  }
  std::shared_ptr<Connection> Find(const Client& client) { return running_->Find(client); }
  SendBudget& budget() { return running_->gateway().send_budget(); }
  Payload Hold(size_t size) { return budget().Hold(std::string(size, 'x')); }
  void LetItLook() {
    Client witness = Open({});
    RunningGateway::LetItLook(witness);
  }
  // Waits until the count is in the range. Every thread must report before it is right.
  bool Comes(size_t low, size_t high) {
    return WaitUntil([&] { return budget().used() >= low && budget().used() <= high; });
  }

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  ClientTls tls_{ClientTls::Options{.authority = authority_.certificate()}};
  std::unique_ptr<RunningGateway> running_;
};

INSTANTIATE_TEST_SUITE_P(Links, BudgetTest, ::testing::Bool(),
                         [](const auto& param_info) { return param_info.param ? "Tls" : "Plain"; });

TEST_P(BudgetTest, ABroadcastThatNobodyReadsCountsOnceUntilTheLastHasReadIt) {
  Start(0);
  constexpr size_t kClients = 10;
  std::vector<Client> clients;
  auto payload = Hold(kLarge);
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(Open());
    for (int m = 0; m < 3; ++m) ASSERT_EQ(Send(*Find(clients.back()), payload), SendStatus::kQueued);
  }
  LetItLook();
  payload.reset();
  // With TLS, each client that does not read holds up to 64 KiB of encrypted data and the overhead of 33
  // records.
  const size_t each = GetParam() ? 66 * 1024 : 3 * Outbox::kOverhead;
  EXPECT_TRUE(Comes(kLarge + kClients * Outbox::kOverhead, kLarge + kClients * each)) << budget().used();
  while (clients.size() > 1) clients.pop_back();
  EXPECT_TRUE(Comes(kLarge + Outbox::kOverhead, kLarge + each)) << budget().used();
  for (int m = 0; m < 3; ++m) ASSERT_EQ(clients[0].ReadFrame().payload.size(), kLarge);
  EXPECT_TRUE(Comes(0, 0)) << budget().used();
}

TEST_P(BudgetTest, EchoesAreEachClientsOwnAndNeverRefused) {
  Start(1, 1 << 20);
  Client client = Open();
  const auto connection = Find(client);
  Flood flood(client, 16 * 1024);
  ASSERT_TRUE(PushUntil(flood, [&] { return connection->traffic().send_queue_bytes.Get() > 1 << 20; }));
  const size_t waiting = connection->traffic().send_queue_bytes.Get();
  EXPECT_TRUE(Comes(waiting, waiting + 70 * 1024)) << budget().used();
  flood.FinishMessage();
  for (size_t i = 0; i < flood.messages(); ++i) ASSERT_EQ(client.ReadFrame().payload.size(), 16u * 1024);
  EXPECT_TRUE(Comes(0, 0)) << budget().used();
}

TEST_P(BudgetTest, EveryWayToEndGivesBack) {
  Start(0);
  const auto mute = [&] {
    Client client = Open();
    for (int m = 0; m < 3; ++m) EXPECT_EQ(Send(*Find(client), Hold(kLarge)), SendStatus::kQueued);
    LetItLook();
    return client;
  };
  Client reset = mute();
  Client dropping = mute();
  Client aborted = mute();
  Client cut = mute();
  EXPECT_GT(budget().used(), 8 * kLarge);
  reset.Reset();
  CloseRequest drop(CloseCause::kInterrupted);
  drop.drop_pending = true;
  Find(dropping)->Interrupt(drop);
  CloseRequest abort(CloseCause::kInterrupted);
  abort.abort = true;
  Find(aborted)->Interrupt(abort);
  EXPECT_TRUE(Comes(4 * kLarge, 4 * kLarge + 200 * 1024))
      << "one is cut yet, and one message is begun; " << budget().used();
  running_->gateway().CutEveryone();
  EXPECT_TRUE(Comes(0, 0)) << budget().used();
}

TEST_P(BudgetTest, OverItMessagesAreRefusedUntilThereIsRoomAgain) {
  Start(2 * kLarge);
  Client muted = Open();
  Client reader = Open({});
  ASSERT_EQ(Send(*Find(muted), Hold(kLarge)), SendStatus::kQueued);
  LetItLook();
  EXPECT_EQ(Send(*Find(muted), Hold(kLarge - kMegabyte)), SendStatus::kNodeFull) << "the last eighth";
  EXPECT_EQ(Send(*Find(reader), Hold(kLarge)), SendStatus::kNodeFull) << "and a little beside it";
  EXPECT_EQ(Send(*Find(reader), Hold(kMegabyte)), SendStatus::kQueued);
  EXPECT_EQ(reader.ReadFrame().payload.size(), kMegabyte);
  EXPECT_EQ(budget().refused_by_node(), 2u);
  reader.Echo("replies are not refused");
  ASSERT_EQ(muted.ReadFrame().payload.size(), kLarge);
  EXPECT_TRUE(Comes(0, 0)) << budget().used();
  EXPECT_EQ(Send(*Find(reader), Hold(kLarge)), SendStatus::kQueued);
  EXPECT_EQ(reader.ReadFrame().payload.size(), kLarge);
}

// Otherwise clients that do not read, and stay below their own bounds, could keep the budget used up for
// ever.
TEST_P(BudgetTest, WhoKeepsItFullForTooLongIsTooSlow) {
  Start(2 * kLarge);
  Client muted = Open();
  const auto connection = Find(muted);
  ASSERT_EQ(Send(*connection, Hold(kLarge)), SendStatus::kQueued);
  LetItLook();
  running_->Advance(seconds(30));
  LetItLook();
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
  EXPECT_EQ(Send(*connection, Hold(kLarge)), SendStatus::kNodeFull);
  LetItLook();
  running_->Advance(seconds(11));
  EXPECT_TRUE(WaitUntil([&] { return connection->close_request().has_value(); }));
  running_->Advance(seconds(6));  // the grace
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kTooSlow);
  EXPECT_TRUE(Comes(0, 0)) << budget().used();
}

TEST_P(BudgetTest, AnotherBoundHoldsAtOnce) {
  GatewayOptions options;
  Start(0);
  Client client = Open({});
  options.send_queue_total_bytes = 1000;
  running_->gateway().Apply(options);
  EXPECT_EQ(Send(*Find(client), Hold(1000)), SendStatus::kNodeFull);
  options.send_queue_total_bytes = 2000;
  running_->gateway().Apply(options);
  EXPECT_EQ(Send(*Find(client), Hold(1000)), SendStatus::kQueued);
  EXPECT_EQ(client.ReadFrame().payload.size(), 1000u);
}

}  // namespace
}  // namespace drawbridge
