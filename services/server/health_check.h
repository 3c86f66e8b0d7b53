// Asks a gateway on this machine whether its control API serves, as an image's HEALTHCHECK wants to know it.
#ifndef DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_
#define DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_

#include <chrono>
#include <string>

#include "services/server/flags.h"

namespace drawbridge {

struct Health {
  bool serving = false;
  std::string line;  // what came of it, for people; without an end of line
};

// Asks grpc.health.v1.Health where a gateway with these flags has its control API. Blocks for `timeout` at
// most; any thread.
Health CheckHealth(const Flags& flags, std::chrono::milliseconds timeout);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_HEALTH_CHECK_H_
