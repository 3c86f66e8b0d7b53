// The report is a flat JSON object, so no JSON library is needed.
#include "tools/bench/load/report.h"

#include <cstdio>

namespace drawbridge::bench {

Report& Report::Raw(std::string_view name, std::string_view value) {
  if (!body_.empty()) body_ += ", ";
  body_.append("\"").append(name).append("\": ").append(value);
  return *this;
}

Report& Report::Text(std::string_view name, std::string_view value) {
  return Raw(name, "\"" + std::string(value) + "\"");
}

Report& Report::Number(std::string_view name, double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return Raw(name, text);
}

Report& Report::Latency(const std::string& name, const Histogram& histogram) {
  const auto microseconds = [](uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e3; };
  return Number(name + "_p50_us", microseconds(histogram.Percentile(0.5)))
      .Number(name + "_p99_us", microseconds(histogram.Percentile(0.99)))
      .Number(name + "_p999_us", microseconds(histogram.Percentile(0.999)))
      .Number(name + "_max_us", microseconds(histogram.max()));
}

}  // namespace drawbridge::bench
