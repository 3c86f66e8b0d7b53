// Finds environment variables that look like those of flags but are not.
#ifndef DRAWBRIDGE_SERVICES_SERVER_STRAY_VARIABLES_H_
#define DRAWBRIDGE_SERVICES_SERVER_STRAY_VARIABLES_H_

#include <string>
#include <vector>

namespace drawbridge {

// A sentence for each variable DRAWBRIDGE_... of `environment` (NAME=VALUE, null at its end) that is not the
// variable of one of the `flags`. Left out are the variables of drawbridgectl, and those that Kubernetes
// injects for Services whose names begin with "drawbridge".
std::vector<std::string> StrayVariables(const char* const* environment,
                                        const std::vector<std::string>& flags);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_STRAY_VARIABLES_H_
