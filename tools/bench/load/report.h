// The result of a run as one line of JSON on standard output, for the run script.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_REPORT_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_REPORT_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/bench/load/histogram.h"

namespace drawbridge::bench {

class Report {
 public:
  // Names and texts must not contain characters that JSON escapes.
  Report& Text(std::string_view name, std::string_view value);
  Report& Number(std::string_view name, double value);
  template <std::integral T>
  Report& Count(std::string_view name, T value) {
    return Raw(name, std::to_string(value));
  }

  // Adds name_p50_us, name_p99_us, name_p999_us and name_max_us, in microseconds.
  Report& Latency(const std::string& name, const Histogram& histogram);

  std::string Line() const { return "{" + body_ + "}"; }

 private:
  Report& Raw(std::string_view name, std::string_view value);

  std::string body_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_REPORT_H_
