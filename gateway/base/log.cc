#include "gateway/base/log.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>

#include "gateway/base/misleading.h"
#include "gateway/base/utf8.h"

namespace drawbridge {
namespace {

// The name of the logger for events. With the JSON format, its messages are already members of a JSON object.
constexpr std::string_view kEvents = "events";

enum class Quoting {
  kNone,
  kJson,  // as the content of a JSON string (RFC 8259, section 7)
};

template <typename Out>
void AppendEscape(char32_t code, Out out) {
  if (code <= 0xFFFF) {
    fmt::format_to(out, "\\u{:04x}", static_cast<uint32_t>(code));
    return;
  }
  const auto rest = static_cast<uint32_t>(code) - 0x10000;  // a surrogate pair
  fmt::format_to(out, "\\u{:04x}\\u{:04x}", 0xD800 | rest >> 10, 0xDC00 | (rest & 0x3FF));
}

// Escapes characters for which Misleads is true, and bytes that are not UTF-8 as U+FFFD.
template <typename Out>
void AppendText(std::string_view text, Quoting quoting, Out out) {
  constexpr char32_t kReplacement = 0xFFFD;
  while (!text.empty()) {
    const Utf8Character none{1, kReplacement};
    const auto character = FirstUtf8Character(text);
    const auto [size, code] = character.value_or(none);
    if (quoting == Quoting::kJson && (code == U'"' || code == U'\\')) *out++ = '\\';
    if (!character.has_value() || Misleads(code)) {
      AppendEscape(code, out);
    } else {
      std::ranges::copy(text.substr(0, size), out);
    }
    text.remove_prefix(size);
  }
}

// Formats the payload of a message: that of an event unchanged, since it is escaped already; any other
// payload with misleading characters escaped.
class MessageText final : public spdlog::custom_flag_formatter {
 public:
  explicit MessageText(bool json) : json_(json) {}

  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    if (std::string_view(message.logger_name.data(), message.logger_name.size()) == kEvents) {
      out.append(text);
      return;
    }
    if (json_) fmt::format_to(std::back_inserter(out), "\"message\":\"");
    AppendText(text, json_ ? Quoting::kJson : Quoting::kNone, std::back_inserter(out));
    if (json_) out.push_back('"');
  }

  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<MessageText>(json_);
  }

 private:
  const bool json_;
};

struct Events {
  std::shared_ptr<spdlog::logger> logger;  // null: not set up
  bool json = false;
};

Events& TheEvents() {
  static Events& events = *new Events;
  return events;
}

bool IsWord(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-_.:/[]*,+").find(c) != std::string_view::npos;
  });
}

std::string JsonMembers(std::string_view event, const std::vector<LogField>& fields) {
  std::string line = "\"message\":\"";
  AppendText(event, Quoting::kJson, std::back_inserter(line));
  line += '"';
  for (const LogField& field : fields) {
    line += fmt::format(",\"{}\":", field.key);
    if (!field.is_number) line += '"';
    AppendText(field.value, Quoting::kJson, std::back_inserter(line));
    if (!field.is_number) line += '"';
  }
  return line;
}

std::string Text(std::string_view event, const std::vector<LogField>& fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line += fmt::format(" {}=", field.key);
    if (IsWord(field.value)) {
      line += field.value;
      continue;
    }
    line += '"';
    AppendText(field.value, Quoting::kJson, std::back_inserter(line));
    line += '"';
  }
  return line;
}

std::shared_ptr<spdlog::logger> NewLogger(const std::string& name, const spdlog::sink_ptr& sink,
                                          LogWriting writing) {
  if (writing == LogWriting::kAtOnce) return std::make_shared<spdlog::logger>(name, sink);
  return std::make_shared<spdlog::async_logger>(name, sink, spdlog::thread_pool(),
                                                spdlog::async_overflow_policy::overrun_oldest);
}

}  // namespace

void InitializeLogging(const std::string& format, const std::string& level, LogWriting writing) {
  const bool json = format == "json";
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<MessageText>('*', json).set_pattern(
      json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%*})" : "%Y-%m-%dT%H:%M:%S.%fZ %l %*");
  constexpr size_t kLines = 8192;
  if (writing == LogWriting::kInBackground) spdlog::init_thread_pool(kLines, 1);
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(std::move(formatter));
  TheEvents() = {.logger = NewLogger(std::string(kEvents), sink, writing), .json = json};
  spdlog::set_default_logger(NewLogger("", sink, writing));
  SetLogLevel(level);
}

void FinishLogging() {
  TheEvents() = {};
  spdlog::shutdown();
}

uint64_t LostLogLines() {
  const auto pool = spdlog::thread_pool();
  return pool == nullptr ? 0 : pool->overrun_counter();
}

void SetLogLevel(const std::string& level) {
  const auto parsed = spdlog::level::from_str(level);
  spdlog::default_logger()->set_level(parsed);
  if (TheEvents().logger != nullptr) TheEvents().logger->set_level(parsed);
}

LogField::LogField(std::string_view name, double number)
    : key(name), value(fmt::format("{:.3f}", number)), is_number(true) {}

bool Logs(spdlog::level::level_enum level) {
  const Events& events = TheEvents();
  return events.logger != nullptr && events.logger->should_log(level);
}

void LogEvent(spdlog::level::level_enum level, std::string_view event, const std::vector<LogField>& fields) {
  if (!Logs(level)) return;
  const Events& events = TheEvents();
  events.logger->log(level, events.json ? JsonMembers(event, fields) : Text(event, fields));
}

}  // namespace drawbridge
