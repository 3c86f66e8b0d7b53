// Checks the health of a gateway on this machine, for the HEALTHCHECK of a container image.
#ifndef DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_
#define DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_

#include <chrono>
#include <string>

#include "services/server/flags.h"

namespace drawbridge {

struct Health {
  bool healthy = false;
  std::string line;  // the result for people, without an end of line
};

// Queries /healthz on the admin port of a gateway with these flags. Unlike the control port, that port needs
// neither a certificate nor a token. A gateway that is full or drains is healthy. Blocks for at most
// `timeout`. Thread-safe.
Health CheckHealth(const Flags& flags, std::chrono::milliseconds timeout);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_
