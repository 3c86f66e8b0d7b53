// The measured part of a run: its duration, and the CPU time of the server and the generator.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_WINDOW_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_WINDOW_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "tools/bench/load/report.h"

namespace drawbridge::bench {

class Window {
 public:
  explicit Window(pid_t server) : server_(server) {}

  void Begin();
  void End();

  // Adds seconds, rate, CPU time per `unit` and the used share of a core to the report. `count` is the number
  // of units in the window.
  void Describe(uint64_t count, const std::string& unit, Report& report) const;

 private:
  const pid_t server_;
  int64_t nanoseconds_ = 0;
  uint64_t server_cpu_ = 0;
  uint64_t client_cpu_ = 0;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_WINDOW_H_
