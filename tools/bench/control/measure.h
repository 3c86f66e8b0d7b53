// What the control plane is asked to do while thousands of clients are connected.
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
  uint32_t echoing = 0;  // of the connections
  uint32_t repeats = 0;  // interrupts, walks through the whole list, broadcasts, or seconds
  int32_t rate = 0;      // a second; -1: as fast as possible
  pid_t server = 0;      // 0: its CPU time is not measured
  std::string control;   // address of the control plane
};

// From the call of InterruptConnection to the close frame at the client, and to the RPC's answer. Every
// fourth interrupt hits an echoing client, the others idle ones.
Report MeasureInterrupts(const ControlScenario& scenario, ControlStub& stub);

// Pages of 1,000 through all connections; every walk must show each of them exactly once.
Report MeasureList(const ControlScenario& scenario, ControlStub& stub);

// One InterruptConnections that ends all but those who echo: when the last close frame comes, when the call
// is answered, how evenly the close frames are spread over buckets of 200 ms, and how long those who echo
// wait for an echo meanwhile.
Report MeasureBulkInterrupt(const ControlScenario& scenario, ControlStub& stub);

// One DrainNode with a spread of `repeats` seconds: when the last close frame comes, when the call is
// answered, and how evenly the close frames are spread over buckets of a second.
Report MeasureDrain(const ControlScenario& scenario, ControlStub& stub);

// BroadcastMessage of 125 B to all: from the call until the last client has it.
Report MeasureBroadcast(const ControlScenario& scenario, ControlStub& stub);

// SendMessage of 20 B at fixed times over one channel, to each client in turn: each is checked where it
// comes.
Report MeasureSend(const ControlScenario& scenario, ControlStub& stub);

// S1 with an idle control plane and with a busy one, `repeats` seconds each: CPU time a message of the I/O
// thread, and of the whole server, which has the calls in it.
Report MeasureWatchLoad(const ControlScenario& scenario, ControlStub& stub);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_CONTROL_MEASURE_H_
