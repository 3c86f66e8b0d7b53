// The gateway under many threads at once: clients that connect and disconnect, interrupts from several
// threads, and a shutdown with open connections. Links no gRPC: runs under ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/connection.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;

class GatewayChurnTest : public ::testing::Test {
 protected:
  GatewayChurnTest() {
    GatewayOptions options;
    options.io_threads = 3;
    options.session.ping_interval = milliseconds(50);
    gateway_ = std::make_unique<Gateway>(options, NodeIdentity::Draw("test-node"), &handler_, &clock_);
  }

  std::vector<Client> OpenMany(size_t count) {
    std::vector<Client> clients;
    while (clients.size() < count) clients.push_back(Client::Open(gateway_->address()));
    return clients;
  }
  std::vector<std::shared_ptr<Connection>> Listed() { return gateway_->registry().Page(0, 1000); }

  SystemClock clock_;
  EchoHandler handler_;
  std::unique_ptr<Gateway> gateway_;
};

CloseRequest RequestOf(size_t variant) {
  CloseRequest request(CloseCause::kInterrupted);
  request.grace = milliseconds(variant % 2 == 0 ? 0 : 50);
  request.drop_pending = variant % 3 == 0;
  request.abort = variant % 5 == 0;
  return request;
}

void RunOnThreads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

// A client that may be cut at any moment, and ends in one of several ways.
void LiveBriefly(const std::string& address, int variant) {
  try {
    Client client = Client::Open(address);
    for (int i = 0; i < variant % 4; ++i) client.SendText("hello " + std::to_string(i));
    if (variant % 3 == 0) client.ReadFrame();
    if (variant % 3 == 1) client.Reset();
    if (variant % 5 == 0) client.SendClose(1000);
  } catch (const std::exception& error) {
    SUCCEED() << "cut, as may be: " << error.what();
  }
}

TEST_F(GatewayChurnTest, EveryWaiterIsToldOnceWhileClientsComeAndGo) {
  std::atomic<bool> stop = false;
  std::atomic<size_t> waiting = 0;
  std::atomic<size_t> told = 0;
  std::thread interrupting([&] {
    RunOnThreads(3, [&](int thread) {
      for (size_t i = 0; !stop; ++i) {
        for (const auto& connection : Listed()) {
          ++waiting;
          connection->WhenClosed([&told](const CloseResult&) { ++told; });
          if ((connection->info().sequence + static_cast<size_t>(thread)) % 3 != 0) {
            connection->Interrupt(RequestOf(connection->info().sequence + i));
          }
          EXPECT_EQ(gateway_->registry().Find(connection->info().id), connection);
        }
      }
    });
  });
  RunOnThreads(4, [&](int thread) {
    for (int i = 0; i < 150; ++i) LiveBriefly(gateway_->address(), thread + i);
  });
  EXPECT_TRUE(WaitUntil([&] { return gateway_->registry().size() == 0; }));
  stop = true;
  interrupting.join();
  EXPECT_TRUE(WaitUntil([&] { return told == waiting; })) << told << " of " << waiting;
}

TEST_F(GatewayChurnTest, AThousandInterruptsOfOneConnectionAreOneClose) {
  constexpr int kThreads = 8;
  constexpr int kEach = 125;
  Client client = Client::Open(gateway_->address());
  const auto connection = gateway_->registry().Find(client.id());
  std::atomic<int> began = 0;
  std::atomic<int> clean = 0;
  std::atomic<int> told = 0;
  RunOnThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      CloseRequest request(CloseCause::kInterrupted);
      request.code = static_cast<uint16_t>(3000 + thread * kEach + i);
      request.grace = kPatience;
      if (connection->Interrupt(request)) ++began;
      connection->WhenClosed([&](const CloseResult& result) {
        if (result.outcome == CloseOutcome::kClean) ++clean;
        ++told;
      });
    }
  });
  const ServerFrame close = client.ReadClose();
  client.SendFrame({.opcode = kOpPing});  // not answered: the close frame is the last frame
  client.SendClose(close.code());
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_TRUE(WaitUntil([&] { return told == kThreads * kEach; }));
  EXPECT_EQ(began, 1);
  EXPECT_EQ(clean, kThreads * kEach);
  EXPECT_EQ(connection->close_result()->sent_code, close.code());
  EXPECT_EQ(connection->close_request()->code, close.code());
}

TEST_F(GatewayChurnTest, WaitersMayBeForgottenWhileTheyAreCalled) {
  const auto clients = OpenMany(100);
  const auto connections = Listed();
  const auto told = std::make_shared<std::atomic<size_t>>(0);
  std::latch together(2);
  std::thread interrupting([&] {
    together.arrive_and_wait();
    for (const auto& connection : connections) connection->Interrupt(RequestOf(0));
  });
  together.arrive_and_wait();
  for (const auto& connection : connections) {
    const uint64_t handle = connection->WhenClosed([told](const CloseResult&) { ++*told; });
    connection->Forget(handle);
  }
  interrupting.join();
  EXPECT_TRUE(WaitUntil([&] { return gateway_->registry().size() == 0; }));
  EXPECT_LE(*told, connections.size());
}

TEST_F(GatewayChurnTest, InterruptsWhileEverybodyIsCut) {
  for (int round = 0; round < 20; ++round) {
    const auto clients = OpenMany(30);
    const auto connections = Listed();
    std::latch together(3);
    std::atomic<size_t> told = 0;
    std::thread cutting([&] {
      together.arrive_and_wait();
      gateway_->CutEveryone();
    });
    RunOnThreads(2, [&](int thread) {
      together.arrive_and_wait();
      for (const auto& connection : connections) {
        connection->Interrupt(RequestOf(static_cast<size_t>(thread) + 1));
        connection->WhenClosed([&told](const CloseResult&) { ++told; });
      }
    });
    cutting.join();
    EXPECT_TRUE(WaitUntil([&] { return told == 2 * connections.size(); }));
    EXPECT_EQ(gateway_->registry().size(), 0u);
  }
}

TEST_F(GatewayChurnTest, EndsWithClientsInEveryState) {
  auto clients = OpenMany(60);
  std::vector<Client> dialing;
  for (int i = 0; i < 10; ++i) {
    dialing.push_back(Client::Dial(gateway_->address()));
    dialing.back().Send("GET / HT");
  }
  for (size_t i = 0; i < clients.size(); ++i) {
    if (i % 4 == 0) clients[i].Send(Encode({.payload = "half of it"}).substr(0, 5));
    if (i % 4 == 1) clients[i].SendFrame({.payload = "a part", .fin = false});
    if (i % 4 == 2) clients[i].SendText("never read");
  }
  const auto connections = Listed();
  ASSERT_EQ(connections.size(), clients.size());
  std::atomic<size_t> told = 0;
  for (const auto& connection : connections) {
    connection->WhenClosed([&told](const CloseResult&) { ++told; });
  }
  std::latch together(3);
  std::thread interrupting([&] {
    RunOnThreads(2, [&](int thread) {
      together.arrive_and_wait();
      for (const auto& connection : connections)
        connection->Interrupt(RequestOf(static_cast<size_t>(thread)));
    });
  });
  together.arrive_and_wait();
  gateway_.reset();
  interrupting.join();
  EXPECT_EQ(told, connections.size()) << "all before the gateway is gone";
  for (const auto& connection : connections) {
    EXPECT_EQ(connection->state(), ConnectionState::kClosed);
    EXPECT_TRUE(connection->close_result().has_value());
  }
  for (Client& client : clients) client.DrainToEnd();
}

TEST_F(GatewayChurnTest, StopAcceptingDuringAStormOfNewcomers) {
  std::atomic<bool> stop = false;
  std::thread storm([&] {
    RunOnThreads(3, [&](int thread) {
      for (int i = thread; !stop; ++i) LiveBriefly(gateway_->address(), i);
    });
  });
  Client client = Client::Open(gateway_->address());
  gateway_->StopAccepting();
  client.Echo("who is in stays in");
  EXPECT_THROW(Client::Open(gateway_->address()), std::exception);
  stop = true;
  storm.join();
  gateway_->CutEveryone();
  EXPECT_EQ(gateway_->registry().size(), 0u);
  client.DrainToEnd();
}

}  // namespace
}  // namespace drawbridge
