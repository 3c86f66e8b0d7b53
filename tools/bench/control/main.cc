// Reads the flags, measures one thing about the control plane, prints one line of JSON.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "gateway/base/time_slice.h"
#include "grpcpp/grpcpp.h"
#include "tools/bench/control/measure.h"
#include "tools/bench/net/endpoint.h"
#include "tools/bench/net/flags.h"

namespace drawbridge::bench {
namespace {

constexpr unsigned kTimeLimit = 600;  // seconds, then SIGALRM ends the run

int Main(int argc, char** argv) try {
  Flags flags(argc, argv);
  const std::string name = flags.String("scenario", "interrupt");
  if (name != "interrupt" && name != "list") throw std::invalid_argument("--scenario is interrupt or list");
  const bool interrupt = name == "interrupt";
  ControlScenario scenario;
  scenario.target = ParseEndpoint(flags.String("target", "127.0.0.1:8080"));
  scenario.connections = static_cast<uint32_t>(flags.Number("connections", interrupt ? 10'000 : 19'000));
  scenario.echoing = static_cast<uint32_t>(flags.Number("echoing", interrupt ? 200 : 0));
  scenario.repeats = static_cast<uint32_t>(flags.Number("repeats", interrupt ? 500 : 30));
  const std::string control = flags.String("control", "127.0.0.1:9090");
  flags.RejectUnknown();

  alarm(kTimeLimit);
  // Who calls is on a machine of its own in the field: here it does not wait for the crowd on its core.
  SetTimeSlice(std::chrono::microseconds(100));
  const auto stub = control::v1::ConnectionService::NewStub(
      grpc::CreateChannel(control, grpc::InsecureChannelCredentials()));
  const Report report = interrupt ? MeasureInterrupts(scenario, *stub) : MeasureList(scenario, *stub);
  std::printf("%s\n", report.Line().c_str());
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
