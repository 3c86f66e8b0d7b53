// Which flags may change while the gateway runs.
#ifndef DRAWBRIDGE_SERVICES_SERVER_RELOADABLE_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_RELOADABLE_FLAGS_H_

#include <string>
#include <vector>

#include "services/server/flags.h"

namespace drawbridge {

const std::vector<std::string>& ReloadableFlags();

// The values are texts. They may be logged: no flag holds a secret, only the path of a file with one.
struct FlagChange {
  bool operator==(const FlagChange&) const = default;
  std::string name;
  std::string from;
  std::string to;
};

struct FlagChanges {
  std::vector<FlagChange> taken;
  std::vector<FlagChange> need_restart;  // the running value is still `from`
};

// Copies the reloadable flags from `from` to `to`. Returns all flags that differed.
FlagChanges TakeReloadable(const Flags& from, Flags* to);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_RELOADABLE_FLAGS_H_
