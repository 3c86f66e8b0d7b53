// Runs one scenario and prints one line of JSON. The exit code is 1 if the server sent a wrong answer.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>

#include "tools/bench/load/scenario.h"
#include "tools/bench/net/endpoint.h"
#include "tools/bench/net/flags.h"

namespace drawbridge::bench {
namespace {

constexpr unsigned kSlack = 240;  // seconds beyond the measured ones, then SIGALRM ends the run

struct Kind {
  Report (*run)(const Scenario&);
  uint32_t connections;
  uint32_t in_flight;
  size_t payload_size;
  double rate = 0;
  bool tls = false;
};

const std::map<std::string, Kind>& Kinds() {
  static const auto& kinds = *new std::map<std::string, Kind>{
      {"s1", {RunEcho, 200, 1, 20}},
      {"s2", {RunEcho, 200, 16, 20}},
      {"s3", {RunEcho, 50, 1, 16384}},
      {"s5", {RunEcho, 2000, 1, 125}},
      {"s6", {RunCycles, 50, 1, 0}},
      {"paced", {RunEcho, 200, 1, 20, 20'000}},
      {"memory", {RunMemory, 19800, 1, 125}},
      {"accept", {RunAccept, 19000, 1, 20, 4000}},
      {"burst", {RunBurst, 19000, 1, 65536}},
      {"s1_tls", {RunEcho, 200, 1, 20, 0, true}},
      {"s3_tls", {RunEcho, 50, 1, 16384, 0, true}},
      {"memory_tls", {RunMemory, 5000, 1, 125, 0, true}},
  };
  return kinds;
}

Scenario ReadScenario(Flags& flags, const Kind& kind) {
  Scenario scenario;
  scenario.name = flags.String("scenario", "s1");
  scenario.target = ParseEndpoint(flags.String("target", "127.0.0.1:8080"));
  scenario.server = static_cast<pid_t>(flags.Number("pid", 0));
  scenario.connections = static_cast<uint32_t>(flags.Number("connections", kind.connections));
  scenario.in_flight = static_cast<uint32_t>(flags.Number("inflight", kind.in_flight));
  scenario.payload_size = static_cast<size_t>(flags.Number("size", static_cast<double>(kind.payload_size)));
  scenario.tls = kind.tls;
  scenario.text = flags.String("opcode", "binary") == "text";
  scenario.warm_up_seconds = flags.Number("warmup", scenario.warm_up_seconds);
  scenario.seconds = flags.Number("seconds", scenario.seconds);
  scenario.messages = static_cast<uint64_t>(flags.Number("messages", 0));
  scenario.rate = flags.Number("rate", kind.rate);
  flags.RejectUnknown();
  if (scenario.connections == 0 || scenario.in_flight == 0 || scenario.seconds > 600) {
    throw std::invalid_argument("no connections, nothing in flight, or more than 600 seconds");
  }
  return scenario;
}

int Main(int argc, char** argv) try {
  Flags flags(argc, argv);
  const auto kind = Kinds().find(flags.String("scenario", "s1"));
  if (kind == Kinds().end()) throw std::invalid_argument("no such --scenario");
  const Scenario scenario = ReadScenario(flags, kind->second);
  alarm(kSlack + static_cast<unsigned>(scenario.seconds + scenario.warm_up_seconds));
  std::printf("%s\n", kind->second.run(scenario).Line().c_str());
  return 0;
} catch (const std::invalid_argument& error) {
  std::fprintf(stderr, "load: %s\n", error.what());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "load: %s\n", error.what());
  return 1;
}

}  // namespace
}  // namespace drawbridge::bench

int main(int argc, char** argv) { return drawbridge::bench::Main(argc, argv); }
