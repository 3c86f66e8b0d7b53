#include <array>
#include <vector>

#include "tests/soak/actors.h"

namespace drawbridge {
namespace {

constexpr size_t kClients = 50;
constexpr std::array<size_t, 5> kSizes = {20, 20, 125, 2000, 20'000};

}  // namespace

void Echo(World& world, Stayers& stayers, int per_second, const std::stop_token& stop) {
  std::vector<Client> clients;
  try {
    for (size_t i = 0; i < kClients; ++i) {
      clients.push_back(Client::Open(world.address));
      stayers.ids.push_back(clients.back().id());
    }
  } catch (const std::exception& error) {
    world.ledger.Fail(std::string("echo: ") + error.what());
  }
  stayers.open.count_down();
  size_t turn = 0;
  AtRate(world, per_second, stop, "echo", [&] {
    Client& client = clients.at(turn % kClients);
    const auto begin = LagMeter::Clock::now();
    EchoOnce(world, client, UniqueText(kSizes[turn++ / kClients % kSizes.size()]));
    world.lag.Add(LagMeter::Clock::now() - begin);
  });
}

}  // namespace drawbridge
