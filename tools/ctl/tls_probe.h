// Tells a port that speaks TLS from one that does not.
#ifndef DRAWBRIDGE_TOOLS_CTL_TLS_PROBE_H_
#define DRAWBRIDGE_TOOLS_CTL_TLS_PROBE_H_

#include "tools/ctl/address.h"

namespace drawbridge::ctl {

// Connects, sends a ClientHello and looks at the first bytes of the answer. False where there is none. Blocks
// for at most two seconds for each of these three.
bool SpeaksTls(const Address& address);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TLS_PROBE_H_
