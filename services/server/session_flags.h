// The flags of a client's session: its messages, queues and deadlines, and its compression.
#ifndef DRAWBRIDGE_SERVICES_SERVER_SESSION_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_SESSION_FLAGS_H_

#include "services/server/flag_definer.h"
#include "services/server/flags.h"

namespace drawbridge {

// `flags` must outlive `define`.
void DefineSession(Definer& define, Flags* flags);
// The flags of permessage-deflate (RFC 7692). --help lists them after those of drains.
void DefineDeflate(Definer& define, Flags* flags);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_SESSION_FLAGS_H_
