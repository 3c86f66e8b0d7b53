// Command line flags of the benchmark tools: --name value or --name=value, nothing else.
#ifndef DRAWBRIDGE_TOOLS_BENCH_NET_FLAGS_H_
#define DRAWBRIDGE_TOOLS_BENCH_NET_FLAGS_H_

#include <map>
#include <string>

namespace drawbridge::bench {

class Flags {
 public:
  // Throws std::invalid_argument for anything that is not a flag with a value.
  Flags(int argc, char** argv);

  // Each names a flag that may be given; `fallback` holds when it is not.
  std::string String(const std::string& name, const std::string& fallback);
  double Number(const std::string& name, double fallback);

  // Call after the last String or Number: throws for flags that nobody asked for.
  void RejectUnknown() const;

 private:
  std::map<std::string, std::string> given_;
  std::map<std::string, bool> asked_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_NET_FLAGS_H_
