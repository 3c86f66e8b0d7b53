// Those who keep a gateway busy during a soak, each on a thread of its own until it is told to stop.
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

// What all actors share. Thread-safe.
struct World {
  std::string address;  // of the gateway
  control::v1::ConnectionService::Stub& stub;
  Ledger& ledger;
  LagMeter& lag;
};

// How long the gateway is told to wait for a pong, after as long a time without a ping, for a handshake, and
// for a client that does not read: short, so that each of these ends many times in a soak.
inline constexpr std::chrono::seconds kTimeout{3};

// Clients that come, echo, and leave in every way there is, some of them without leaving. So many a second.
void Churn(World& world, int per_second, const std::stop_token& stop);

// The ids of clients that stay: written before `open` is counted down.
struct Stayers {
  std::vector<std::string> ids;
  std::latch open{1};
};
// Clients that stay and echo, so many messages a second in all, every payload checked.
void Echo(World& world, Stayers& stayers, int per_second, const std::stop_token& stop);

// Clients that send and never read, until the gateway has had enough of them.
void Stall(World& world, const std::stop_token& stop);

// Interrupts of every kind on clients of every kind.
void InterruptThem(World& world, int per_second, const std::stop_token& stop);

// Walks through the list: nobody twice, and every stayer.
void List(World& world, Stayers& stayers, int per_second, const std::stop_token& stop);

// Interrupts and broadcasts for groups of clients, each of whom must be told.
void ActOnMany(World& world, int per_second, const std::stop_token& stop);

// Watches that are left and resumed.
void Watch(World& world, int per_second, const std::stop_token& stop);

// Runs `work` at the given rate until it is to stop; what it throws is a failure, and the next follows.
void AtRate(World& world, int per_second, const std::stop_token& stop, const std::string& what,
            const std::function<void()>& work);

// Sends a text and waits for it to come back, answering pings meanwhile. Throws where something else comes.
void EchoOnce(World& world, Client& client, std::string_view text);

// Reads up to the close frame, forgetting messages and pings, and answers it.
ServerFrame AnswerClose(Client& client);

// A text of this size that no other call made.
std::string UniqueText(size_t bytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SOAK_ACTORS_H_
