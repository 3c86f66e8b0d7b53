// The flags of the opening handshake: which clients may connect, and which proxies are trusted.
#ifndef DRAWBRIDGE_SERVICES_SERVER_HANDSHAKE_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_HANDSHAKE_FLAGS_H_

#include "services/server/flag_definer.h"
#include "services/server/flags.h"

namespace drawbridge {

// `flags` must outlive `define`.
void DefineHandshake(Definer& define, Flags* flags);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_HANDSHAKE_FLAGS_H_
