// The log line for the end of a connection.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_END_LOG_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_END_LOG_H_

#include "gateway/base/clock.h"
#include "gateway/connections/connection.h"

namespace drawbridge {

// Logs the end of a connection after Connection::RecordEnd. The process writes at most 1,000 such lines a
// second; the next line holds the number of suppressed ones. The line contains no payload and no query of the
// path, which may hold a secret. Thread-safe; does not wait for the reader of the log where the log is
// written in the background.
void LogEnd(const Connection& connection, SteadyTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_END_LOG_H_
