#include "gateway/base/log.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "gateway/base/utf8.h"

namespace drawbridge {
namespace {

// The logger that events go through; its messages are members of a JSON object already, where that is asked
// for.
constexpr std::string_view kEvents = "events";

// As the inside of a JSON string (RFC 8259, section 7).
template <typename Out>
void AppendJsonText(std::string_view text, Out out) {
  const bool is_utf8 = IsUtf8(text);
  for (const char c : text) {
    if (!is_utf8 && (c & 0x80) != 0) {
      fmt::format_to(out, "\\ufffd");  // JSON is UTF-8
    } else if (c == '"' || c == '\\') {
      fmt::format_to(out, "\\{}", c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(out, "\\u{:04x}", static_cast<int>(c));
    } else {
      *out++ = c;
    }
  }
}

class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    if (std::string_view(message.logger_name.data(), message.logger_name.size()) == kEvents) {
      out.append(text);
      return;
    }
    fmt::format_to(std::back_inserter(out), "\"message\":\"");
    AppendJsonText(text, std::back_inserter(out));
    out.push_back('"');
  }

  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
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
  AppendJsonText(event, std::back_inserter(line));
  line += '"';
  for (const LogField& field : fields) {
    line += fmt::format(",\"{}\":", field.key);
    if (!field.is_number) line += '"';
    AppendJsonText(field.value, std::back_inserter(line));
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
    AppendJsonText(field.value, std::back_inserter(line));
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
  formatter->add_flag<JsonMessage>('*').set_pattern(
      json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%*})" : "%Y-%m-%dT%H:%M:%S.%fZ %l %v");
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
