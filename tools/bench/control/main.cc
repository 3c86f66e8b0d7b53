// Runs one benchmark of the control plane and prints one line of JSON.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "gateway/base/time_slice.h"
#include "grpcpp/grpcpp.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/net/endpoint.h"
#include "tools/bench/net/flags.h"

namespace drawbridge::bench {
namespace {

constexpr unsigned kTimeLimit = 600;  // seconds, then SIGALRM ends the run

struct Named {
  std::string_view name;
  Report (*measure)(const ControlScenario& scenario, ControlStub& stub);
  ControlScenario defaults;
};
const Named kScenarios[] = {
    {"interrupt", MeasureInterrupts, {.connections = 10'000, .echoing = 200, .repeats = 500}},
    {"list", MeasureList, {.connections = 19'000, .repeats = 30}},
    {"interrupt_all", MeasureBulkInterrupt, {.connections = 19'020, .echoing = 20, .rate = -1}},
    {"interrupt_paced", MeasureBulkInterrupt, {.connections = 19'020, .echoing = 20, .rate = 5'000}},
    {"drain", MeasureDrain, {.connections = 19'000, .repeats = 10}},
    {"broadcast", MeasureBroadcast, {.connections = 19'000, .repeats = 30}},
    {"send", MeasureSend, {.connections = 2'000, .repeats = 5, .rate = 10'000}},
    {"watch_load", MeasureWatchLoad, {.connections = 200, .echoing = 200, .repeats = 5}},
};

const Named& Find(std::string_view name) {
  const auto* const found = std::ranges::find(kScenarios, name, &Named::name);
  if (found != std::end(kScenarios)) return *found;
  std::string names;
  for (const Named& each : kScenarios) names.append(" ").append(each.name);
  throw std::invalid_argument("--scenario is one of" + names);
}

int Main(int argc, char** argv) try {
  Flags flags(argc, argv);
  const Named& named = Find(flags.String("scenario", "interrupt"));
  ControlScenario scenario = named.defaults;
  scenario.name = named.name;
  scenario.target = ParseEndpoint(flags.String("target", "127.0.0.1:8080"));
  scenario.connections = static_cast<uint32_t>(flags.Number("connections", scenario.connections));
  scenario.echoing = static_cast<uint32_t>(flags.Number("echoing", scenario.echoing));
  scenario.repeats = static_cast<uint32_t>(flags.Number("repeats", scenario.repeats));
  scenario.rate = static_cast<int32_t>(flags.Number("rate", scenario.rate));
  scenario.server = static_cast<pid_t>(flags.Number("pid", 0));
  scenario.control = flags.String("control", "127.0.0.1:9090");
  flags.RejectUnknown();

  alarm(kTimeLimit);
  // A real caller runs on its own machine. Short time slices keep it from waiting for the crowd on its core.
  SetTimeSlice(std::chrono::microseconds(500));
  const auto stub = control::v1::ConnectionService::NewStub(
      grpc::CreateChannel(scenario.control, grpc::InsecureChannelCredentials()));
  std::printf("%s\n", named.measure(scenario, *stub).Line().c_str());
  return 0;
} catch (const std::invalid_argument& error) {
  std::fprintf(stderr, "control_load: %s\n", error.what());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "control_load: %s\n", error.what());
  return 1;
}

}  // namespace
}  // namespace drawbridge::bench

int main(int argc, char** argv) { return drawbridge::bench::Main(argc, argv); }
