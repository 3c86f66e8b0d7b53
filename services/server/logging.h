// The process's log: lines on standard error, for people or for machines.
#ifndef DRAWBRIDGE_SERVICES_SERVER_LOGGING_H_
#define DRAWBRIDGE_SERVICES_SERVER_LOGGING_H_

#include <string>

namespace drawbridge {

// Sets up spdlog's default logger. `format`: text or json; `level`: debug, info, warning or error. Once,
// before threads.
void InitializeLogging(const std::string& format, const std::string& level);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_LOGGING_H_
