// Asks a gateway on this machine whether it is healthy, as an image's HEALTHCHECK wants to know it.
#ifndef DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_
#define DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_

#include <chrono>
#include <string>

#include "services/server/flags.h"

namespace drawbridge {

struct Health {
  bool healthy = false;
  std::string line;  // what came of it, for people; without an end of line
};

// Asks /healthz of the admin port that a gateway with these flags has: unlike the control port it needs
// neither a certificate nor a token, and one that is full, or drains, is healthy. Blocks for `timeout` at
// most; any thread.
Health CheckHealth(const Flags& flags, std::chrono::milliseconds timeout);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_
