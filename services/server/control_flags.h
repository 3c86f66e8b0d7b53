// What the flags that guard the control port mean together.
#ifndef DRAWBRIDGE_SERVICES_SERVER_CONTROL_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_CONTROL_FLAGS_H_

#include <string>

#include "services/server/flags.h"

namespace drawbridge {

// What is wrong with them, as one line that names a flag, its value and what is wanted; empty: nothing. Reads
// the files that they name. What holds then: beyond loopback nobody may call without a name, and no token
// crosses a network in the clear, unless --control_insecure is given.
std::string ControlContradiction(const Flags& flags);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_CONTROL_FLAGS_H_
