// Benchmarks of the control plane while thousands of clients are connected. All of them block.
#ifndef DRAWBRIDGE_TOOLS_BENCH_CONTROL_MEASURE_H_
#define DRAWBRIDGE_TOOLS_BENCH_CONTROL_MEASURE_H_

#include <netinet/in.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "tools/bench/load/report.h"

namespace drawbridge::bench {

using ControlStub = control::v1::ConnectionService::Stub;

struct ControlScenario {
  std::string_view name;
  sockaddr_in target = {};
  uint32_t connections = 0;
  uint32_t echoing = 0;  // number of connections that echo
  uint32_t repeats = 0;  // interrupts, walks through the whole list, broadcasts, or seconds
  int32_t rate = 0;      // per second; -1: as fast as possible
  pid_t server = 0;      // 0: its CPU time is not measured
  std::string control;   // address of the control plane
};

// The time from the call of InterruptConnection to the close frame at the client, and to the RPC's answer.
// Every fourth interrupt is of an echoing client, the others are of idle clients.
Report MeasureInterrupts(const ControlScenario& scenario, ControlStub& stub);

// Lists all connections in pages of 1,000. Every walk must list each connection exactly once.
Report MeasureList(const ControlScenario& scenario, ControlStub& stub);

// One InterruptConnections call that ends all clients except those that echo: the time until the last close
// frame and until the answer, how evenly the close frames are spread over buckets of 200 ms, and how long the
// echoing clients wait for an echo during the call.
Report MeasureBulkInterrupt(const ControlScenario& scenario, ControlStub& stub);

// One DrainNode call with a spread of `repeats` seconds: the time until the last close frame and until the
// answer, and how evenly the close frames are spread over buckets of a second.
Report MeasureDrain(const ControlScenario& scenario, ControlStub& stub);

// BroadcastMessage of 125 B to all clients: the time from the call until the last client has received it.
Report MeasureBroadcast(const ControlScenario& scenario, ControlStub& stub);

// SendMessage of 20 B at fixed times over one channel, to each client in turn. The clients check each
// message.
Report MeasureSend(const ControlScenario& scenario, ControlStub& stub);

// S1 with an idle and with a busy control plane, for `repeats` seconds each: CPU time per message of the I/O
// thread, and of the whole server, which includes the calls.
Report MeasureWatchLoad(const ControlScenario& scenario, ControlStub& stub);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_CONTROL_MEASURE_H_
