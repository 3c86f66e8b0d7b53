// The line that each connection leaves in the log when it ends.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_END_LOG_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_END_LOG_H_

#include "gateway/base/clock.h"
#include "gateway/connections/connection.h"

namespace drawbridge {

// Of one whose end is recorded. Of a whole process at most 1,000 lines a second; the next line says how many
// were left out. Neither a payload is in it nor what may be a secret: the query of the path. Thread-safe;
// does not block where the log is written in the background.
void LogEnd(const Connection& connection, SteadyTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_END_LOG_H_
