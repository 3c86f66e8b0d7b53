// The actors that load a gateway during a soak. Each runs on its own thread until it is told to stop.
#ifndef DRAWBRIDGE_TESTS_SOAK_ACTORS_H_
#define DRAWBRIDGE_TESTS_SOAK_ACTORS_H_

#include <chrono>
#include <functional>
#include <latch>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "tests/soak/lag.h"
#include "tests/soak/ledger.h"
#include "tests/support/client.h"

namespace drawbridge {

// Shared by all actors. Thread-safe.
struct World {
  std::string address;  // of the gateway
  control::v1::ConnectionService::Stub& stub;
  Ledger& ledger;
  LagMeter& lag;
};

// The gateway's ping interval and its timeouts for pongs, for handshakes, and for clients that do not read.
// Short, so that each expires many times in a soak.
inline constexpr std::chrono::seconds kTimeout{3};

// Clients that connect, echo, and leave in every possible way, some without closing. `per_second` of them.
void Churn(World& world, int per_second, const std::stop_token& stop);

// The ids of clients that stay connected. Written before `open` is counted down.
struct Stayers {
  std::vector<std::string> ids;
  std::latch open{1};
};
// Clients that stay connected and echo, `per_second` messages in all. Checks every payload.
void Echo(World& world, Stayers& stayers, int per_second, const std::stop_token& stop);

// Clients that send and never read, until the gateway closes them.
void Stall(World& world, const std::stop_token& stop);

// Interrupts of every kind on clients of every kind.
void InterruptThem(World& world, int per_second, const std::stop_token& stop);

// Lists all connections page by page: no connection may appear twice, and no stayer may be missing.
void List(World& world, Stayers& stayers, int per_second, const std::stop_token& stop);

// Bulk interrupts and broadcasts for groups of clients. Each client must receive its own.
void ActOnMany(World& world, int per_second, const std::stop_token& stop);

// Watches that are cancelled and resumed.
void Watch(World& world, int per_second, const std::stop_token& stop);

// Runs `work` at the given rate until stop is requested. An exception is a failure; the next run follows.
void AtRate(World& world, int per_second, const std::stop_token& stop, const std::string& what,
            const std::function<void()>& work);

// Sends a text and waits for its echo, answering pings meanwhile. Throws if anything else arrives.
void EchoOnce(World& world, Client& client, std::string_view text);

// Reads up to the close frame, skips messages and pings, and answers the close frame.
ServerFrame AnswerClose(Client& client);

// A text of this size, different at each call.
std::string UniqueText(size_t bytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SOAK_ACTORS_H_
