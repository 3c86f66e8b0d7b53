// What the control plane is asked to do while thousands of clients are connected.
#ifndef DRAWBRIDGE_TOOLS_BENCH_CONTROL_MEASURE_H_
#define DRAWBRIDGE_TOOLS_BENCH_CONTROL_MEASURE_H_

#include <netinet/in.h>
#include <sys/types.h>

#include <cstdint>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "tools/bench/load/report.h"

namespace drawbridge::bench {

using ControlStub = control::v1::ConnectionService::Stub;

struct ControlScenario {
  sockaddr_in target = {};
  uint32_t connections = 0;
  uint32_t echoing = 0;  // of the connections
  uint32_t repeats = 0;  // interrupts, or walks through the whole list
};

// From the call of InterruptConnection to the close frame at the client, and to the RPC's answer. Every
// fourth interrupt hits an echoing client, the others idle ones.
Report MeasureInterrupts(const ControlScenario& scenario, ControlStub& stub);

// Pages of 1,000 through all connections; every walk must show each of them exactly once.
Report MeasureList(const ControlScenario& scenario, ControlStub& stub);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_CONTROL_MEASURE_H_
