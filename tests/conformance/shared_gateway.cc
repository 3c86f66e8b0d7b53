#include "tests/conformance/shared_gateway.h"

#include <csignal>
#include <map>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace drawbridge::conformance {
namespace {

using Gateways = std::map<std::vector<std::string>, std::unique_ptr<SharedGateway>>;

Gateways& All() {
  static Gateways gateways;
  return gateways;
}

std::vector<std::string> Command(const std::vector<std::string>& flags) {
  std::vector<std::string> command = {"services/server/drawbridge",
                                      "--listen=127.0.0.1:0",
                                      "--control_listen=127.0.0.1:0",
                                      "--admin_listen=127.0.0.1:0",
                                      "--drain_spread=0s",
                                      "--node_id=test-node",
                                      "--io_threads=1",
                                      "--ping_interval=0s",
                                      "--log_level=error"};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

// False if the gateway has closed the connection, which may happen before all is sent.
bool SendUnlessClosed(Client& client, std::string_view bytes) {
  try {
    client.Send(bytes);
    return true;
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe || error.code() == std::errc::connection_reset) return false;
    throw;
  }
}

}  // namespace

SharedGateway::SharedGateway(const std::vector<std::string>& flags)
    : process_(Command(flags)),
      address_(ReadyField(process_.ReadLine(), "ws")),
      witness_(Client::Open(address_)) {}

SharedGateway& SharedGateway::With(const std::vector<std::string>& flags) {
  auto& gateway = All()[flags];
  if (gateway == nullptr) gateway = std::make_unique<SharedGateway>(flags);
  return *gateway;
}

std::string SharedGateway::EndAll() {
  std::string faults;
  for (const auto& [flags, gateway] : All()) {
    gateway->process_.Signal(SIGTERM);
    gateway->witness_.ReadCloseAndAnswer();
    const ChildProcess::Exit exit = gateway->process_.Wait();
    if (exit.code != 0 || !exit.err.empty()) faults += "exit code " + std::to_string(exit.code) + exit.err;
  }
  All().clear();
  return faults;
}

void SharedGateway::SendWhole(Client& client, std::string_view bytes) { SendUnlessClosed(client, bytes); }

void SharedGateway::SendInPieces(Client& client, std::string_view bytes) {
  const size_t size = 1 + bytes.size() / 500;
  while (!bytes.empty()) {
    if (!SendUnlessClosed(client, bytes.substr(0, size))) return;
    bytes.remove_prefix(std::min(size, bytes.size()));
    witness_.Echo(".");
  }
}

void SharedGateway::ExpectInput(const Client& client) {
  // The gateway reads 64 KiB at a time, of each client in turn.
  constexpr int kTurns = 200;
  for (int i = 0; i < kTurns && !client.HasInput(); ++i) witness_.Echo(".");
  if (!client.HasInput()) throw std::runtime_error("nothing came");
}

}  // namespace drawbridge::conformance
