// The options of a run and the scenarios. All scenarios block and throw if the server answers wrongly.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_SCENARIO_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_SCENARIO_H_

#include <netinet/in.h>
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "tools/bench/load/report.h"

namespace drawbridge::bench {

struct Scenario {
  std::string name;
  sockaddr_in target = {};
  pid_t server = 0;  // 0: its CPU time and memory are not measured
  uint32_t connections = 0;
  uint32_t in_flight = 1;   // per connection
  size_t payload_size = 0;  // bytes
  bool text = false;        // else binary
  bool tls = false;
  double warm_up_seconds = 1;
  double seconds = 3;     // measured time
  uint64_t messages = 0;  // if not 0: total number of messages, instead of `seconds` and without warm-up
  double rate = 0;        // messages per second at fixed times; 0: each answer triggers the next message
};

// Echoes on open connections (s1, s2, s3, s5, paced).
Report RunEcho(const Scenario& scenario);

// Connect, upgrade and close handshake, repeatedly (s6).
Report RunCycles(const Scenario& scenario);

// Growth of the server's resident set through idle connections that echoed one message (memory).
Report RunMemory(const Scenario& scenario);

// A storm of new connections beside 200 established, paced connections (accept). `connections` is the number
// of new ones.
Report RunAccept(const Scenario& scenario);

// The server's resident set before, during and after a burst of clients with large messages (burst). The
// memory is measured `seconds` after the last client has left.
Report RunBurst(const Scenario& scenario);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_SCENARIO_H_
