// Reads the flags again while the gateway runs.
#ifndef DRAWBRIDGE_SERVICES_SERVER_RELOAD_H_
#define DRAWBRIDGE_SERVICES_SERVER_RELOAD_H_

#include <functional>
#include <string_view>
#include <variant>

#include "services/server/flags.h"
#include "services/server/server.h"

namespace drawbridge {

// Parses the flags again. `running`: the flags that the process runs with.
using FlagParser = std::function<std::variant<Flags, EarlyExit>(const Flags* running)>;

// Takes over the reloadable flags and logs each with its old and new value, and each other flag that changed
// as one that needs a restart. If any flag is bad, nothing changes, and the log names the place, the value
// and what it must be. `trigger`: a field of these log lines. Blocks on the file system. Not thread-safe.
void ReloadFlags(Server& server, const FlagParser& parse, std::string_view trigger);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_RELOAD_H_
