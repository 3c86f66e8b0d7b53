// The process's log: lines on standard error, for people or for machines.
#ifndef DRAWBRIDGE_GATEWAY_BASE_LOG_H_
#define DRAWBRIDGE_GATEWAY_BASE_LOG_H_

#include <spdlog/common.h>

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// Sets up spdlog's default logger and LogEvent. `format`: text or json; `level`: debug, info, warning or
// error. Before threads.
void InitializeLogging(const std::string& format, const std::string& level);

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

// One line. As text: the event, then key=value, the value in quotes where it has other characters than those
// of a word; as JSON: an object with the event as its message and a member a field. Whatever a value holds,
// it stays one line and the values cannot be taken for keys. Thread-safe.
void LogEvent(spdlog::level::level_enum level, std::string_view event, const std::vector<LogField>& fields);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_LOG_H_
