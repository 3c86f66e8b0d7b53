// Checks the combinations of the TLS flags.
#ifndef DRAWBRIDGE_SERVICES_SERVER_TLS_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_TLS_FLAGS_H_

#include <string>

#include "gateway/session/tls_context.h"
#include "services/server/flags.h"

namespace drawbridge {

// The files of the data plane (--tls_*) and of the control port (--control_tls_*). Without TLS the
// certificate is empty.
TlsFiles TlsFilesOf(const Flags& flags);
TlsFiles ControlTlsFilesOf(const Flags& flags);

// Return one line that names a flag, its value and what it must be; empty: no error. Read the files.
std::string TlsContradiction(const Flags& flags);
std::string ControlTlsContradiction(const Flags& flags);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_TLS_FLAGS_H_
