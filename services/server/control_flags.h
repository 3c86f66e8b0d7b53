// Checks the combination of the flags that protect the control port.
#ifndef DRAWBRIDGE_SERVICES_SERVER_CONTROL_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_CONTROL_FLAGS_H_

#include <string>

#include "services/server/flags.h"

namespace drawbridge {

// Returns one line that names a flag, its value and what it must be; empty: no error. Reads the files that
// the flags name. Without an error and without --control_insecure, a port beyond loopback admits only
// authenticated callers, and no token is sent over a network without encryption.
std::string ControlContradiction(const Flags& flags);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_CONTROL_FLAGS_H_
