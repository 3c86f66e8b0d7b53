// The program of the gateway, started once for all cases with the same flags.
#ifndef DRAWBRIDGE_TESTS_CONFORMANCE_SHARED_GATEWAY_H_
#define DRAWBRIDGE_TESTS_CONFORMANCE_SHARED_GATEWAY_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/client.h"

namespace drawbridge::conformance {

// Not thread-safe. The gateway has one I/O thread, so it handles the input of all clients in order of
// arrival.
class SharedGateway {
 public:
  explicit SharedGateway(const std::vector<std::string>& flags);

  // Returns the gateway with these flags; starts it at the first call.
  static SharedGateway& With(const std::vector<std::string>& flags);
  // Ends all gateways by SIGTERM. Returns what went wrong; empty: nothing.
  static std::string EndAll();

  const std::string& address() const { return address_; }

  // Sends all of it at once.
  static void SendWhole(Client& client, std::string_view bytes);
  // Sends `bytes` one by one, or in small pieces if there are many. Sends a piece only after the last one is
  // read.
  void SendInPieces(Client& client, std::string_view bytes);

  // Throws std::runtime_error if the gateway has read all input and has sent nothing, so that a case does not
  // wait for a timeout.
  void ExpectInput(const Client& client);

 private:
  ChildProcess process_;
  std::string address_;
  Client witness_;
};

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_SHARED_GATEWAY_H_
