// The address of the control API, as given by --address.
#ifndef DRAWBRIDGE_TOOLS_CTL_ADDRESS_H_
#define DRAWBRIDGE_TOOLS_CTL_ADDRESS_H_

#include <optional>
#include <string>
#include <string_view>

namespace drawbridge::ctl {

struct Address {
  std::string target;  // gRPC target; always with a port, unless it is a Unix socket
  std::string host;    // without brackets; empty for a Unix socket, like the port
  std::string port;
  bool loopback = false;  // traffic to it stays on this machine
};

// Accepts "HOST", "HOST:PORT", "[::1]:PORT", "::1", "dns:///HOST:PORT" and "unix:PATH". The default port is
// 9090. Returns nullopt for any other text. Whether a host is loopback is decided from its spelling: no name
// is resolved.
std::optional<Address> ParseAddress(std::string_view text);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_ADDRESS_H_
