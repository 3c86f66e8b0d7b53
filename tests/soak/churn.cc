#include <array>
#include <deque>
#include <optional>
#include <stdexcept>

#include "tests/soak/actors.h"

namespace drawbridge {
namespace {

constexpr std::array<size_t, 6> kSizes = {1, 20, 125, 126, 5000, 70'000};

// Clients that have gone silent, kept until the gateway has closed them.
class Silent {
 public:
  explicit Silent(World& world) : world_(world) {}

  void Add(Client client) { clients_.push_back({std::move(client), Now()}); }

  // Removes the clients that the gateway must have closed by now.
  void SeeOff() {
    while (!clients_.empty() && Now() - clients_.front().since > 3 * kTimeout) {
      Client client = std::move(clients_.front().client);
      clients_.pop_front();
      client.DrainToEnd();  // throws if the connection is open
      world_.ledger.Count("left: silent");
    }
  }

 private:
  static std::chrono::steady_clock::time_point Now() { return std::chrono::steady_clock::now(); }
  struct Entry {
    Client client;
    std::chrono::steady_clock::time_point since;
  };
  World& world_;
  std::deque<Entry> clients_;
};

class Visit {
 public:
  Visit(World& world, Silent& silent) : world_(world), silent_(silent) {}

  // Runs one client, which leaves in the next of the ways.
  void Next() {
    const uint64_t turn = turn_++;
    if (turn % 32 == 0) return BreakOff();
    Client client = Client::Open(world_.address);
    world_.ledger.Count("connected");
    EchoOnce(world_, client, UniqueText(kSizes[turn % kSizes.size()]));
    if (turn % 8 == 7) return silent_.Add(std::move(client));
    Leave(client, turn % 5);
  }

 private:
  // Leaves in the middle of the handshake.
  void BreakOff() {
    Client client = Client::Dial(world_.address);
    client.Send("GET / HTTP/1.1\r\nHost: ");
    client.Reset();
    world_.ledger.Count("left: before the upgrade");
  }

  void Leave(Client& client, uint64_t manner) {
    switch (manner) {
      case 0:
        client.SendClose(1000);
        if (AnswerOf(client).code() != 1000) throw std::runtime_error("closed with another code");
        client.ReadEnd();
        return world_.ledger.Count("left: clean");
      case 1:
        client.Reset();
        return world_.ledger.Count("left: reset");
      case 2:
        client.ShutdownWrite();
        client.DrainToEnd();
        return world_.ledger.Count("left: half-closed");
      case 3:
        client.Send(std::string("\x81\xfe\x10", 3));  // an incomplete frame
        client.Close();
        return world_.ledger.Count("left: in a frame");
      default:
        client.SendFrame({.opcode = 3});  // reserved
        if (AnswerOf(client).code() != 1002) throw std::runtime_error("a violation closed with another code");
        client.Close();
        return world_.ledger.Count("left: protocol violation");
    }
  }

  static ServerFrame AnswerOf(Client& client) {
    while (true) {
      ServerFrame frame = client.ReadFrame();
      if (frame.opcode == kOpClose) return frame;
    }
  }

  World& world_;
  Silent& silent_;
  uint64_t turn_ = 0;
};

}  // namespace

void Churn(World& world, int per_second, const std::stop_token& stop) {
  Silent silent(world);
  Visit visit(world, silent);
  AtRate(world, per_second, stop, "churn", [&] {
    silent.SeeOff();
    visit.Next();
  });
}

}  // namespace drawbridge
