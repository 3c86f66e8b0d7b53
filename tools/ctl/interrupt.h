// The two forms of `interrupt`, for one connection and for all that match a filter, and their flags.
#ifndef DRAWBRIDGE_TOOLS_CTL_INTERRUPT_H_
#define DRAWBRIDGE_TOOLS_CTL_INTERRUPT_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tools/ctl/command.h"

namespace drawbridge::ctl {

struct InterruptFlags {
  std::string id;      // either the id of one connection,
  std::string filter;  // or a filter that selects connections

  int64_t code = 0;
  std::string reason;
  absl::Duration grace = absl::Seconds(5);
  bool drop_pending = false;
  bool abort = false;
  absl::Duration refuse_for = absl::ZeroDuration();  // zero: not at all

  bool no_wait = false;
  bool allow_missing = false;

  bool yes = false;
  bool dry_run = false;
  int64_t max_count = 0;
  int64_t limit = 0;
  int64_t rate = 0;
};

// `flags.filter` must not be empty. Asks for confirmation before it closes anything, unless `flags.yes` is
// set.
ExitCode InterruptMany(const InterruptFlags& flags, Session& session);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_INTERRUPT_H_
