// The log of the process: lines on standard error, as text or as JSON.
#ifndef DRAWBRIDGE_GATEWAY_BASE_LOG_H_
#define DRAWBRIDGE_GATEWAY_BASE_LOG_H_

#include <spdlog/common.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

enum class LogWriting {
  kAtOnce,
  // By a separate thread: a thread that logs never waits for the reader of standard error. When 8,192 lines
  // wait to be written, each further line replaces the oldest one, which is lost and counted.
  kInBackground,
};

// Sets up spdlog's default logger and LogEvent. `format`: text or json; `level`: debug, info, warning or
// error. Not thread-safe; call it before another thread logs.
void InitializeLogging(const std::string& format, const std::string& level,
                       LogWriting writing = LogWriting::kAtOnce);
// Writes the lines that still wait; blocks until they are written. Nothing may be logged after it. A process
// that logs in the background must call it before it exits.
void FinishLogging();

// How many lines were lost since InitializeLogging because standard error was not read fast enough.
// Thread-safe; takes the lock of the line queue.
uint64_t LostLogLines();

// Sets the lowest level that is written. `level`: as in InitializeLogging. Thread-safe.
void SetLogLevel(const std::string& level);

// One field of an event. The key is not copied: pass a string literal of letters, digits and underscores.
struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, std::integral auto number)
      : key(name), value(std::to_string(number)), is_number(true) {}
  // Written with three decimals.
  LogField(std::string_view name, double number);

  std::string_view key;
  std::string value;
  bool is_number = false;
};

// Whether a line of this level is written. Thread-safe.
bool Logs(spdlog::level::level_enum level);

// Writes one line. As text: the event, then key=value for each field; a value that is not a plain word is
// quoted. As JSON: an object with the event as `message` and one member per field. Values are escaped: the
// event is always one line, a value cannot be mistaken for a key, and a misleading character
// (gateway/base/misleading.h) is an escape such as \u202e. Thread-safe.
void LogEvent(spdlog::level::level_enum level, std::string_view event, const std::vector<LogField>& fields);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_LOG_H_
