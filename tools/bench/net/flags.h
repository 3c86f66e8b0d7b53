// Command line flags of the benchmark tools, as --name value or --name=value.
#ifndef DRAWBRIDGE_TOOLS_BENCH_NET_FLAGS_H_
#define DRAWBRIDGE_TOOLS_BENCH_NET_FLAGS_H_

#include <map>
#include <string>

namespace drawbridge::bench {

class Flags {
 public:
  // Throws std::invalid_argument for anything that is not a flag with a value.
  Flags(int argc, char** argv);

  // Each returns the value of an optional flag, or `fallback` if it is not given.
  std::string String(const std::string& name, const std::string& fallback);
  double Number(const std::string& name, double fallback);

  // Throws for flags that no call of String or Number asked for. Must be called after all of them.
  void RejectUnknown() const;

 private:
  std::map<std::string, std::string> given_;
  std::map<std::string, bool> asked_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_NET_FLAGS_H_
