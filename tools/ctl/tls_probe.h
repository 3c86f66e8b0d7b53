// Tests whether a port speaks TLS.
#ifndef DRAWBRIDGE_TOOLS_CTL_TLS_PROBE_H_
#define DRAWBRIDGE_TOOLS_CTL_TLS_PROBE_H_

#include "tools/ctl/address.h"

namespace drawbridge::ctl {

// Connects, sends a ClientHello and checks the first bytes of the answer. Returns false if there is no
// answer. Each of these three steps blocks for at most two seconds.
bool SpeaksTls(const Address& address);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TLS_PROBE_H_
