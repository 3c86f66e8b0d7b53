// Which flags may change while the gateway runs.
#ifndef DRAWBRIDGE_SERVICES_SERVER_RELOADABLE_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_RELOADABLE_FLAGS_H_

#include <string>
#include <vector>

#include "services/server/flags.h"

namespace drawbridge {

const std::vector<std::string>& ReloadableFlags();
// Sets those of `to` to what they are in `from`. Returns the names of the others that differ.
std::vector<std::string> TakeReloadable(const Flags& from, Flags* to);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_RELOADABLE_FLAGS_H_
