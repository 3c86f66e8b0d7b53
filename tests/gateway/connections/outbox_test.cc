// Messages of other threads to a client are queued in order and within bounds, and each receipt reports the
// result.
#include "gateway/connections/outbox.h"

#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/connection.h"
#include "gateway/connections/signal_queue.h"
#include "gtest/gtest.h"

namespace drawbridge {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

OutboundMessage Text(const std::string& text, Receipt receipt = {}) {
  return {MessageType::kText, std::make_shared<const std::string>(text), std::move(receipt)};
}

std::vector<std::string> TextsOf(const std::vector<OutboundMessage>& messages) {
  std::vector<std::string> texts;
  texts.reserve(messages.size());
  for (const OutboundMessage& message : messages) texts.push_back(*message.payload);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(ReceiptTest, TellsOnceThatItWasWritten) {
  std::vector<bool> told;
  {
    Receipt receipt([&](bool written) { told.push_back(written); });
    receipt.Written();
    receipt.Written();
  }
  EXPECT_EQ(told, std::vector<bool>{true});
}

TEST(ReceiptTest, TellsWhenItDiesOrIsReplacedAndNotWhenItIsMoved) {
  std::vector<bool> told;
  const auto tell = [&](bool written) { told.push_back(written); };
  {
    Receipt first(tell);
    const Receipt moved(std::move(first));
    EXPECT_TRUE(told.empty());
    EXPECT_FALSE(static_cast<bool>(first));  // NOLINT(bugprone-use-after-move): that is tested
  }
  EXPECT_EQ(told, std::vector<bool>{false});
  Receipt replaced(tell);
  replaced = Receipt();
  EXPECT_EQ(told, (std::vector<bool>{false, false}));
}

TEST(ReceiptTest, ForgottenItTellsNothing) {
  bool told = false;
  {
    Receipt receipt([&](bool) { told = true; });
    receipt.Forget();
  }
  EXPECT_FALSE(told);
}

TEST(OutboxTest, GivesTheOldestUpToACost) {
  Outbox outbox;
  for (const char* text : {"one", "two", "three"}) outbox.Push(Text(text));
  EXPECT_EQ(outbox.messages(), 3u);
  EXPECT_EQ(outbox.bytes(), 11 + 3 * Outbox::kOverhead);
  EXPECT_EQ(TextsOf(outbox.Take(Outbox::kOverhead + 4)), (Texts{"one", "two"}));
  EXPECT_EQ(TextsOf(outbox.Take(1)), Texts{"three"}) << "one at least";
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0u);
}

TEST(OutboxTest, KeepsTheOrderHoweverItIsTakenAndFilled) {
  Outbox outbox;
  std::mt19937 random(1);  // the same sequence each time
  int pushed = 0;
  int taken = 0;
  for (int step = 0; step < 2'000; ++step) {
    for (auto count = random() % 8; count > 0; --count) outbox.Push(Text(std::to_string(pushed++)));
    for (const std::string& text : TextsOf(outbox.Take(random() % (8 * Outbox::kOverhead))))
      ASSERT_EQ(text, std::to_string(taken++));
    ASSERT_EQ(outbox.messages(), static_cast<size_t>(pushed - taken));
    size_t bytes = 0;
    for (int i = taken; i < pushed; ++i) bytes += std::to_string(i).size() + Outbox::kOverhead;
    ASSERT_EQ(outbox.bytes(), bytes);
    ASSERT_EQ(outbox.empty(), taken == pushed);
  }
  EXPECT_GT(taken, 1'000);
  for (const std::string& text : TextsOf(outbox.Take(Outbox::kAll))) ASSERT_EQ(text, std::to_string(taken++));
  EXPECT_EQ(taken, pushed);
}

// A session, reduced to the interface that its connection uses.
class FakeSession final : public SignalTarget {
 public:
  ~FakeSession() = default;
  void OnSignal() override { ++signals; }
  int signals = 0;
};

class SendTest : public ::testing::Test {
 protected:
  void Start(uint32_t send_queue_bytes) {
    connection_ = std::make_shared<Connection>(ConnectionInfo{.id = "some-id"},
                                               SendLimits{.queue_bytes = send_queue_bytes});
    connection_->Attach(&signals_, &session_);
  }
  // Does what the I/O thread does after a signal.
  void Deliver() {
    bool more = true;
    while (more) {
      for (const auto& each : signals_.Take(1, &more)) each->DeliverSignal();
    }
  }
  // Takes messages as the session does. A message stops counting once the kernel has it.
  Texts Take(size_t bytes = kAll, bool* more = nullptr) {
    bool others = false;
    const auto taken = connection_->TakeOutbox(bytes, more == nullptr ? &others : more);
    for (const OutboundMessage& message : taken) {
      connection_->traffic().send_queue_messages.Add(-1);
      connection_->traffic().send_queue_bytes.Add(-static_cast<int64_t>(Outbox::CostOf(message)));
    }
    return TextsOf(taken);
  }
  uint64_t queued_bytes() { return connection_->traffic().send_queue_bytes.Get(); }

  int rings_ = 0;
  SignalQueue signals_{[this] { ++rings_; }};
  FakeSession session_;
  std::shared_ptr<Connection> connection_ = std::make_shared<Connection>(ConnectionInfo{.id = "some-id"});
};

TEST_F(SendTest, MessagesWaitInOrderAndAreCounted) {
  EXPECT_EQ(connection_->Send(Text("one")), SendStatus::kQueued);
  EXPECT_EQ(connection_->Send(Text("two")), SendStatus::kQueued);
  EXPECT_EQ(connection_->traffic().send_queue_messages.Get(), 2u);
  EXPECT_EQ(queued_bytes(), 6 + 2 * Outbox::kOverhead);
  bool more = false;
  EXPECT_EQ(Take(1, &more), Texts{"one"});
  EXPECT_TRUE(more);
  EXPECT_EQ(Take(1, &more), Texts{"two"});
  EXPECT_FALSE(more);
  EXPECT_EQ(Take(), Texts{});
  EXPECT_EQ(connection_->traffic().send_queue_messages.Get(), 0u);
  EXPECT_EQ(queued_bytes(), 0u);
}

TEST_F(SendTest, OneRingServesAllThatGathers) {
  Start(1000);
  const auto other = std::make_shared<Connection>(ConnectionInfo{.id = "other"});
  other->Attach(&signals_, &session_);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(connection_->Send(Text("x")), SendStatus::kQueued);
    EXPECT_EQ(other->Send(Text("x")), SendStatus::kQueued);
  }
  EXPECT_EQ(rings_, 1);
  Deliver();
  EXPECT_EQ(session_.signals, 2) << "once for each connection";
  EXPECT_EQ(connection_->Send(Text("x")), SendStatus::kQueued);
  EXPECT_EQ(rings_, 2);
  EXPECT_EQ(signals_.rings(), 2u);
}

TEST_F(SendTest, WhatWasSentBeforeASessionIsThereWaitsForIt) {
  EXPECT_EQ(connection_->Send(Text("early")), SendStatus::kQueued);
  connection_->Attach(&signals_, &session_);
  EXPECT_EQ(rings_, 0);
  EXPECT_EQ(Take(), Texts{"early"});
}

TEST_F(SendTest, TheBoundIsReachedAndNotPassed) {
  Start(2 * Outbox::kOverhead + 100);
  EXPECT_EQ(connection_->Send(Text(std::string(60, 'x'))), SendStatus::kQueued);
  EXPECT_EQ(connection_->Send(Text(std::string(41, 'x'))), SendStatus::kFull);
  EXPECT_EQ(connection_->Send(Text(std::string(40, 'x'))), SendStatus::kQueued);
  EXPECT_EQ(queued_bytes(), 2 * Outbox::kOverhead + 100);
  EXPECT_EQ(connection_->Send(Text("")), SendStatus::kFull);
}

TEST_F(SendTest, AMessageThatIsLargerThanTheQueueIsNeverTaken) {
  Start(1000);
  EXPECT_EQ(connection_->max_send_bytes(), 1000 - Outbox::kOverhead);
  const std::string largest(connection_->max_send_bytes(), 'x');
  EXPECT_EQ(connection_->Send(Text(largest + "y")), SendStatus::kTooLarge);
  EXPECT_FALSE(connection_->refused()) << "the client is not to blame";
  EXPECT_EQ(connection_->Send(Text(largest)), SendStatus::kQueued);
}

TEST_F(SendTest, WhatIsTakenWaitsUntilTheSessionSaysThatItDoesNot) {
  Start(1000);
  EXPECT_EQ(connection_->Send(Text(std::string(900, 'x'))), SendStatus::kQueued);
  bool more = false;
  EXPECT_EQ(connection_->TakeOutbox(kAll, &more).size(), 1u);
  EXPECT_EQ(connection_->Send(Text(std::string(900, 'x'))), SendStatus::kFull);
}

TEST_F(SendTest, TheSessionIsToldOnceThatAMessageWasRefusedAndThatThereIsStillNoRoom) {
  Start(1000);
  EXPECT_EQ(connection_->Send(Text(std::string(500, 'x'))), SendStatus::kQueued);
  Deliver();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connection_->Send(Text(std::string(500, 'x'))), SendStatus::kFull);
  Deliver();
  EXPECT_EQ(session_.signals, 2);
  EXPECT_TRUE(connection_->LacksRoom());
  EXPECT_EQ(connection_->Send(Text("small")), SendStatus::kQueued);
  EXPECT_TRUE(connection_->LacksRoom()) << "that there is room for another changes nothing";
  Take();
  EXPECT_FALSE(connection_->LacksRoom());
  EXPECT_FALSE(connection_->refused());
}

TEST_F(SendTest, OverTheBoundItIsRefusedAndTheCallerKeepsTheMessage) {
  Start(100);
  EXPECT_EQ(connection_->Send(Text(std::string(52, 'x'))), SendStatus::kQueued);
  std::optional<bool> told;
  OutboundMessage refused = Text("no", Receipt([&](bool written) { told = written; }));
  EXPECT_EQ(connection_->Send(std::move(refused)), SendStatus::kFull);
  EXPECT_EQ(told, std::nullopt);
  EXPECT_EQ(*refused.payload, "no");  // NOLINT(bugprone-use-after-move): moved only if queued
  EXPECT_EQ(Take().size(), 1u);
  EXPECT_EQ(connection_->Send(std::move(refused)), SendStatus::kQueued);
  EXPECT_EQ(Take(), Texts{"no"});
  EXPECT_EQ(told, false) << "taken and never written";
}

TEST_F(SendTest, WhatIsStuckInTheSessionCounts) {
  Start(100);
  connection_->traffic().send_queue_bytes.Add(51);
  EXPECT_EQ(connection_->Send(Text("no")), SendStatus::kFull);
}

TEST_F(SendTest, FromTheInterruptOnNothingIsQueued) {
  Start(1000);
  EXPECT_EQ(connection_->Send(Text("before")), SendStatus::kQueued);
  connection_->Interrupt(CloseRequest(CloseCause::kInterrupted));
  EXPECT_EQ(connection_->Send(Text("after")), SendStatus::kClosing);
  EXPECT_EQ(Take(), Texts{"before"});
}

TEST_F(SendTest, ADetachedSessionIsToldNothing) {
  Start(1000);
  EXPECT_EQ(connection_->Send(Text("x")), SendStatus::kQueued);
  connection_->Detach();
  Deliver();
  EXPECT_EQ(connection_->Send(Text("y")), SendStatus::kQueued);
  Deliver();
  EXPECT_EQ(session_.signals, 0);
  EXPECT_EQ(rings_, 1);
}

TEST_F(SendTest, AReceiptDiesWithAConnectionThatNobodyServes) {
  std::optional<bool> told;
  EXPECT_EQ(connection_->Send(Text("x", Receipt([&](bool written) { told = written; }))),
            SendStatus::kQueued);
  connection_.reset();
  EXPECT_EQ(told, false);
}

}  // namespace
}  // namespace drawbridge
