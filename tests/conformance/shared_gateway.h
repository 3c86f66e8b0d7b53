// The gateway's program, started once for all cases that want the same flags of it.
#ifndef DRAWBRIDGE_TESTS_CONFORMANCE_SHARED_GATEWAY_H_
#define DRAWBRIDGE_TESTS_CONFORMANCE_SHARED_GATEWAY_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/client.h"

namespace drawbridge::conformance {

// Not thread-safe. Has one I/O thread, so that what came earlier from another client is looked at earlier.
class SharedGateway {
 public:
  explicit SharedGateway(const std::vector<std::string>& flags);

  // The one with these flags; starts it where nobody has yet.
  static SharedGateway& With(const std::vector<std::string>& flags);
  // Ends all of them by SIGTERM. Says what went wrong with one; empty: nothing.
  static std::string EndAll();

  const std::string& address() const { return address_; }

  // Sends all of it at once.
  static void SendWhole(Client& client, std::string_view bytes);
  // Sends `bytes` one by one, or in small pieces where they are many; each is read before the next is sent.
  void SendInPieces(Client& client, std::string_view bytes);

  // Throws std::runtime_error where the gateway, having looked at all that was sent, has nothing to say: no
  // need to wait for what will not come.
  void ExpectInput(const Client& client);

 private:
  ChildProcess process_;
  std::string address_;
  Client witness_;
};

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_SHARED_GATEWAY_H_
