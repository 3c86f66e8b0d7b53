// Starts the floor: --listen host:port. With port 0 the kernel chooses a port; the ready line has it.
#include <cstdio>
#include <exception>

#include "tools/bench/floor/server.h"
#include "tools/bench/net/endpoint.h"
#include "tools/bench/net/flags.h"

int main(int argc, char** argv) try {
  using namespace drawbridge::bench;  // NOLINT(google-build-using-namespace)
  Flags flags(argc, argv);
  const sockaddr_in endpoint = ParseEndpoint(flags.String("listen", "127.0.0.1:0"));
  flags.RejectUnknown();
  const int listener = Listen(endpoint);
  FloorServer server(listener);
  std::printf("ready ws=%s\n", FormatEndpoint(LocalEndpoint(listener)).c_str());
  std::fflush(stdout);
  server.Run();
} catch (const std::exception& error) {
  std::fprintf(stderr, "floor: %s\n", error.what());
  return 2;
}
