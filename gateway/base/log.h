// The process's log: lines on standard error, for people or for machines.
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
  // By a thread of its own: a thread that logs never waits for the reader of standard error. When 8,192 lines
  // wait for that reader, each further line replaces the oldest one, which is lost and counted.
  kInBackground,
};

// Sets up spdlog's default logger and LogEvent. `format`: text or json; `level`: debug, info, warning or
// error. Before threads.
void InitializeLogging(const std::string& format, const std::string& level,
                       LogWriting writing = LogWriting::kAtOnce);
// Writes what is left; nothing is logged after it. The last call of a process that logs in the background.
void FinishLogging();

// How many lines were lost since InitializeLogging because standard error was not read fast enough.
// Thread-safe; takes the lock of the queue of lines.
uint64_t LostLogLines();

// From now on. Thread-safe.
void SetLogLevel(const std::string& level);

// Something that is known of an event. The key is a literal, of letters, digits and underscores.
struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, std::integral auto number)
      : key(name), value(std::to_string(number)), is_number(true) {}
  // With three digits behind the point.
  LogField(std::string_view name, double number);

  std::string_view key;
  std::string value;
  bool is_number = false;
};

// Whether a line of this level is written. Thread-safe.
bool Logs(spdlog::level::level_enum level);

// One line. As text: the event, then key=value, the value in quotes where it has other characters than those
// of a word; as JSON: an object with the event as its message and a member a field. Whatever a value holds,
// the event stays one line, no value can be taken for a key, and what misleads (gateway/base/misleading.h) is
// an escape such as \u202e. Thread-safe.
void LogEvent(spdlog::level::level_enum level, std::string_view event, const std::vector<LogField>& fields);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_LOG_H_
