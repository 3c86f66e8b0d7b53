// What the flags of TLS mean together.
#ifndef DRAWBRIDGE_SERVICES_SERVER_TLS_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_TLS_FLAGS_H_

#include <string>

#include "gateway/session/tls_context.h"
#include "services/server/flags.h"

namespace drawbridge {

// Of the data plane's flags --tls_*, and of the control plane's --control_tls_*. Without a certificate where
// there is to be no TLS.
TlsFiles TlsFilesOf(const Flags& flags);
TlsFiles ControlTlsFilesOf(const Flags& flags);

// What is wrong with them, as one line that names a flag, its value and what is wanted; empty: nothing. Reads
// the files.
std::string TlsContradiction(const Flags& flags);
std::string ControlTlsContradiction(const Flags& flags);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_TLS_FLAGS_H_
