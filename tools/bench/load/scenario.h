// What is to be measured: the options of a run, and the scenarios' own defaults.
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
  pid_t server = 0;  // 0: its CPU time and memory are not looked at
  uint32_t connections = 0;
  uint32_t in_flight = 1;   // per connection
  size_t payload_size = 0;  // bytes
  bool text = false;        // else binary
  bool tls = false;
  double warm_up_seconds = 1;
  double seconds = 3;     // measured
  uint64_t messages = 0;  // instead of seconds, without warming up: exactly so many in total
  double rate = 0;        // messages a second at fixed times; 0: each answer brings on the next message
};

// Echoes on open connections (s1, s2, s3, s5, paced).
Report RunEcho(const Scenario& scenario);

// Connect, upgrade, close handshake, over and over (s6).
Report RunCycles(const Scenario& scenario);

// Growth of the server's resident set by idle connections that echoed one message (memory).
Report RunMemory(const Scenario& scenario);

// A storm of newcomers beside 200 established, paced connections (accept). `connections` are the newcomers.
Report RunAccept(const Scenario& scenario);

// The server's resident set before, during and after a crowd with big messages (burst). `seconds` pass
// between the last client and a look at the memory.
Report RunBurst(const Scenario& scenario);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_SCENARIO_H_
