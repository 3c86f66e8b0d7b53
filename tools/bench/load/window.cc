// End subtracts the values of Begin in place, so a window can be used only once.
#include "tools/bench/load/window.h"

#include <unistd.h>

#include "tools/bench/load/process.h"

namespace drawbridge::bench {

void Window::Begin() {
  client_cpu_ = CpuNanoseconds(getpid());
  server_cpu_ = CpuNanoseconds(server_);
  nanoseconds_ = NowNanoseconds();
}

void Window::End() {
  nanoseconds_ = NowNanoseconds() - nanoseconds_;
  server_cpu_ = CpuNanoseconds(server_) - server_cpu_;
  client_cpu_ = CpuNanoseconds(getpid()) - client_cpu_;
}

void Window::Describe(uint64_t count, const std::string& unit, Report& report) const {
  const auto total = static_cast<double>(count);
  const auto elapsed = static_cast<double>(nanoseconds_);
  report.Number("seconds", elapsed / 1e9)
      .Number("rate", total / elapsed * 1e9)
      .Number("server_cpu_ns_per_" + unit, static_cast<double>(server_cpu_) / total)
      .Number("server_cpu_share", static_cast<double>(server_cpu_) / elapsed)
      .Number("client_cpu_share", static_cast<double>(client_cpu_) / elapsed);
}

}  // namespace drawbridge::bench
