// IPv4 addresses written as host:port, and functions that open sockets for them.
#ifndef DRAWBRIDGE_TOOLS_BENCH_NET_ENDPOINT_H_
#define DRAWBRIDGE_TOOLS_BENCH_NET_ENDPOINT_H_

#include <netinet/in.h>

#include <string>
#include <string_view>

namespace drawbridge::bench {

// Throws std::invalid_argument unless `text` is a dotted IPv4 address, a colon and a port.
sockaddr_in ParseEndpoint(std::string_view text);

std::string FormatEndpoint(const sockaddr_in& endpoint);

// Opens a non-blocking listener with TCP_NODELAY, which accepted sockets inherit. Throws std::system_error.
int Listen(const sockaddr_in& endpoint);

// The address that a socket is bound to, with the port that the kernel chose for port 0.
sockaddr_in LocalEndpoint(int fd);

// Starts a non-blocking connect. `source` selects one of 32 loopback addresses to connect from, so that no
// pair of addresses runs out of ports. It is ignored if the target is not a loopback address.
int StartConnect(const sockaddr_in& target, unsigned source);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_NET_ENDPOINT_H_
