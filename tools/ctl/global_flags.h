// The global flags, which are accepted before and after a subcommand.
#ifndef DRAWBRIDGE_TOOLS_CTL_GLOBAL_FLAGS_H_
#define DRAWBRIDGE_TOOLS_CTL_GLOBAL_FLAGS_H_

#include <CLI/App.hpp>
#include <string>

#include "absl/time/time.h"
#include "tools/ctl/access.h"

namespace drawbridge::ctl {

struct GlobalFlags {
  Access access;
  std::string output = "table";
  absl::Duration timeout = absl::Seconds(10);
};

// `flags` must outlive `app`.
void DefineGlobal(CLI::App& app, GlobalFlags* flags);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_GLOBAL_FLAGS_H_
