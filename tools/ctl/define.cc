#include "tools/ctl/define.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"

namespace drawbridge::ctl {
namespace {

CLI::Option* Add(CLI::App& app, const std::string& name, const std::function<void(const std::string&)>& set,
                 const std::string& help, const std::string& type) {
  return app.add_option_function<std::string>(name.starts_with('-') ? name : "--" + name, set, help)
      ->type_name(type)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

}  // namespace

void Refuse(const std::string& flag, const std::string& value, const std::string& wanted) {
  const std::string shown = flag.substr(flag.find_last_of(',') + 1);  // "-o,--output"
  throw CLI::ValidationError(
      fmt::format("{}{} is \"{}\": must be {}", shown.starts_with('-') ? "" : "--", shown, value, wanted));
}

CLI::Option* TextFlag(CLI::App& app, const std::string& name, std::string* value, const std::string& help) {
  return Add(
      app, name, [value](const std::string& text) { *value = text; }, help, "TEXT");
}

CLI::Option* NumberFlag(CLI::App& app, const std::string& name, int64_t* value, const std::string& help,
                        int64_t low, int64_t high) {
  const auto set = [=](const std::string& text) {
    if (!absl::SimpleAtoi(text, value) || *value < low || *value > high)
      Refuse(name, text, fmt::format("a whole number from {} to {}", low, high));
  };
  return Add(app, name, set, help, "N");
}

CLI::Option* DurationFlag(CLI::App& app, const std::string& name, absl::Duration* value,
                          const std::string& help, absl::Duration low, absl::Duration high) {
  const auto set = [=](const std::string& text) {
    if (!absl::ParseDuration(text, value) || *value < low || *value > high) {
      Refuse(name, text,
             fmt::format("a duration such as 10s, from {} to {}", absl::FormatDuration(low),
                         absl::FormatDuration(high)));
    }
  };
  return Add(app, name, set, help, "DURATION");
}

CLI::Option* ChoiceFlag(CLI::App& app, const std::string& name, std::string* value, const std::string& help,
                        const std::vector<std::string>& choices) {
  const auto set = [=](const std::string& text) {
    if (std::ranges::find(choices, text) == choices.end())
      Refuse(name, text, "one of " + absl::StrJoin(choices, ", "));
    *value = text;
  };
  return Add(app, name, set, help, absl::StrJoin(choices, "|"));
}

CLI::Option* FilterFlag(CLI::App& app, std::string* value, const std::string& help) {
  return Add(
      app, "filter", [value](const std::string& text) { *value = text; }, help, "FILTER");
}

}  // namespace drawbridge::ctl
