// Where the control API listens, as --address gives it.
#ifndef DRAWBRIDGE_TOOLS_CTL_ADDRESS_H_
#define DRAWBRIDGE_TOOLS_CTL_ADDRESS_H_

#include <optional>
#include <string>
#include <string_view>

namespace drawbridge::ctl {

struct Address {
  std::string target;  // what gRPC takes; always with a port, unless it is a Unix socket
  std::string host;    // without brackets; empty for a Unix socket, as the port is
  std::string port;
  bool loopback = false;  // traffic to it stays on this machine
};

// "HOST", "HOST:PORT", "[::1]:PORT", "::1", "dns:///HOST:PORT" or "unix:PATH". The port is 9090 where none is
// given. Nothing where `text` is none of these. A host counts as loopback by what is written alone: no name
// is resolved.
std::optional<Address> ParseAddress(std::string_view text);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_ADDRESS_H_
