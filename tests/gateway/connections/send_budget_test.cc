// The memory of all send queues of a node is counted once per payload, and released in any order.
#include "gateway/connections/send_budget.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/connections/connection.h"
#include "gateway/connections/outbox.h"
#include "gateway/connections/signal_queue.h"
#include "gtest/gtest.h"

namespace drawbridge {
namespace {

TEST(SendBudgetTest, APayloadCountsOnceUntilNothingRefersToIt) {
  SendBudget budget(1000);
  auto payload = budget.Hold(std::string(600, 'x'));
  EXPECT_EQ(*payload, std::string(600, 'x'));
  EXPECT_EQ(budget.used(), 600u);
  std::vector<std::shared_ptr<const std::string>> others(10, payload);
  EXPECT_EQ(budget.used(), 600u);
  payload.reset();
  EXPECT_EQ(budget.used(), 600u);
  others.clear();
  EXPECT_EQ(budget.used(), 0u);
}

TEST(SendBudgetTest, APayloadMayOutliveIt) {
  auto budget = std::make_unique<SendBudget>(1000);
  const auto payload = budget->Hold("last");
  budget.reset();
  EXPECT_EQ(*payload, "last");
}

TEST(SendBudgetTest, TheLastEighthIsForClientsThatHaveNothingWaiting) {
  SendBudget budget(800);
  budget.Add(650);
  EXPECT_TRUE(budget.HasRoom(50, false));
  EXPECT_FALSE(budget.HasRoom(51, false));
  EXPECT_TRUE(budget.HasRoom(51, true));
  EXPECT_TRUE(budget.HasRoom(150, true));
  EXPECT_FALSE(budget.HasRoom(151, true));
}

TEST(SendBudgetTest, MayHaveNoBoundAndAnotherOneLater) {
  SendBudget budget;
  budget.Add(int64_t{1} << 40);
  EXPECT_TRUE(budget.HasRoom(1, false));
  budget.set_limit(1000);
  EXPECT_FALSE(budget.HasRoom(1, true));
  budget.set_limit(size_t{1} << 41);
  EXPECT_TRUE(budget.HasRoom(1, false));
}

TEST(SendBudgetTest, AShareReportsInSteps) {
  SendBudget budget;
  {
    SendBudget::Share share(&budget);
    share.Add(SendBudget::Share::kStep - 1);
    EXPECT_EQ(budget.used(), 0u);
    share.Add(1);
    EXPECT_EQ(budget.used(), static_cast<size_t>(SendBudget::Share::kStep));
    share.Add(-100);
    EXPECT_EQ(budget.used(), static_cast<size_t>(SendBudget::Share::kStep));
    share.Report();
    EXPECT_EQ(budget.used(), static_cast<size_t>(SendBudget::Share::kStep - 100));
    share.Add(7);
  }
  EXPECT_EQ(budget.used(), static_cast<size_t>(SendBudget::Share::kStep - 93)) << "at the end, too";
}

TEST(SendBudgetTest, NothingIsLeftBehindByThreads) {
  SendBudget budget;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&budget] {
      SendBudget::Share share(&budget);
      for (int64_t n = 0; n < 10'000; ++n) {
        const auto payload = budget.Hold("payload");
        budget.Add(48);
        share.Add(n);
        share.Add(-n - 48);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.used(), 0u);
}

// A session, reduced to the interface that its connection uses.
class FakeSession final : public SignalTarget {
 public:
  ~FakeSession() = default;
  void OnSignal() override { ++signals; }
  int signals = 0;
};

class BudgetedSendTest : public ::testing::Test {
 protected:
  std::shared_ptr<Connection> Connect(const std::string& id) {
    auto connection = std::make_shared<Connection>(ConnectionInfo{.id = id}, SendLimits{.budget = &budget_});
    connection->Attach(&signals_, &session_);
    return connection;
  }
  static SendStatus Send(Connection& connection, std::shared_ptr<const std::string> payload) {
    return connection.Send({MessageType::kText, std::move(payload)});
  }

  SendBudget budget_{8'000};
  SignalQueue signals_{[] {}};
  FakeSession session_;
};

TEST_F(BudgetedSendTest, ABroadcastCountsItsPayloadOnceAndALittleForEachClient) {
  const auto payload = budget_.Hold(std::string(5'000, 'x'));
  std::vector<std::shared_ptr<Connection>> connections;
  for (int i = 0; i < 20; ++i) {
    connections.push_back(Connect("c" + std::to_string(i)));
    EXPECT_EQ(Send(*connections.back(), payload), SendStatus::kQueued);
  }
  EXPECT_EQ(budget_.used(), 5'000 + 20 * Outbox::kOverhead);
}

TEST_F(BudgetedSendTest, OverTheBoundNobodyGetsItAndTheOthersAreNotToBlame) {
  const auto waiting = Connect("waiting");
  const auto empty = Connect("empty");
  EXPECT_EQ(Send(*waiting, budget_.Hold(std::string(6'000, 'x'))), SendStatus::kQueued);
  const auto second = budget_.Hold(std::string(1'000, 'y'));
  EXPECT_EQ(Send(*waiting, second), SendStatus::kNodeFull);
  EXPECT_EQ(Send(*empty, second), SendStatus::kQueued) << "of the last eighth";
  EXPECT_EQ(Send(*Connect("other"), budget_.Hold(std::string(1'000, 'z'))), SendStatus::kNodeFull);
  EXPECT_TRUE(waiting->refused()) << "its session is to see whether it reads at all";
  EXPECT_TRUE(waiting->LacksRoom());
  EXPECT_FALSE(empty->refused());
}

}  // namespace
}  // namespace drawbridge
