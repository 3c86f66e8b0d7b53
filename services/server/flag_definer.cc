#include "services/server/flag_definer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "gateway/base/ascii.h"
#include "gateway/connections/close.h"
#include "services/server/suggestion.h"

namespace drawbridge {
namespace {

using std::chrono::nanoseconds;

// Lines of at most 100 columns, each indented by 6.
std::string Wrapped(const std::string& text) {
  constexpr size_t kColumns = 94;
  std::string lines;
  std::string line;
  for (const std::string_view word : Split(text, ' ')) {
    if (!line.empty() && line.size() + 1 + word.size() > kColumns) {
      lines += "      " + line + "\n";
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  return lines + "      " + line + "\n";
}

std::optional<bool> ParseSwitch(const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  bool on = false;
  return absl::SimpleAtob(lower, &on) || lower == "on" || lower == "off" ? std::optional(on || lower == "on")
                                                                         : std::nullopt;
}

}  // namespace

std::string WantFile(const std::string& text) {
  struct stat file {};
  const bool readable =
      ::stat(text.c_str(), &file) == 0 && S_ISREG(file.st_mode) && ::access(text.c_str(), R_OK) == 0;
  return readable ? "" : "must be a file that can be read";
}

Definer::Flag& Definer::Add(Flag flag) { return flags_.emplace_back(std::move(flag)); }

void Definer::Text(const std::string& name, std::string* value, const std::string& help,
                   const Wanted& wanted) {
  Add({.name = name,
       .help = help,
       .standard = *value,
       .set =
           [=](std::string* text) {
             std::string wish = wanted(*text);
             if (wish.empty()) *value = *text;
             return wish;
           },
       .reset = [value, standard = *value] { *value = standard; }});
}

void Definer::List(const std::string& name, std::string* value, const std::string& help,
                   const Wanted& wanted) {
  Text(name, value, help + " Separate entries by commas; if the flag is repeated, the last one counts.",
       wanted);
  flags_.back().is_list = true;
}

void Definer::Choice(const std::string& name, std::string* value, const std::string& help,
                     const std::vector<std::string>& choices) {
  Text(name, value, fmt::format("{} One of: {}.", help, fmt::join(choices, ", ")),
       [choices](const std::string& text) {
         const bool known = std::ranges::find(choices, text) != choices.end();
         return known ? std::string() : fmt::format("must be one of {}", fmt::join(choices, ", "));
       });
}

void Definer::AddNumber(const std::string& name, const std::string& help, uint64_t low, uint64_t high,
                        const std::string& why, const std::string& standard,
                        const std::function<void(uint64_t)>& store) {
  const auto set = [=](std::string* text) -> std::string {
    uint64_t number = 0;
    if (!absl::SimpleAtoi(*text, &number) || number < low || number > high)
      return fmt::format("must be a whole number from {} to {}{}", low, high, why);
    store(number);
    *text = std::to_string(number);
    return "";
  };
  // The text must be the same on all machines, so it leaves out bounds that depend on the machine.
  const std::string bounds = why.empty() ? fmt::format(" From {} to {}.", low, high) : "";
  Add({.name = name, .help = help + bounds, .standard = standard, .set = set, .reset = [store, standard] {
         uint64_t number = 0;
         if (absl::SimpleAtoi(standard, &number)) store(number);
       }});
}

void Definer::CloseCode(const std::string& name, uint16_t* value, const std::string& help) {
  const auto set = [=](std::string* text) -> std::string {
    uint16_t code = 0;
    if (uint64_t number = 0; absl::SimpleAtoi(*text, &number) && IsOperatorCode(number))
      code = static_cast<uint16_t>(number);
    if (code == 0) return fmt::format("must be a close code: {} are allowed", kOperatorCodes);
    *value = code;
    *text = std::to_string(code);
    return "";
  };
  Add({.name = name,
       .help = help,
       .standard = std::to_string(*value),
       .set = set,
       .reset = [value, standard = *value] { *value = standard; }});
}

void Definer::Duration(const std::string& name, nanoseconds* value, const std::string& help,
                       absl::Duration low, absl::Duration high, bool may_be_off) {
  const auto set = [=](std::string* text) -> std::string {
    absl::Duration duration;
    const bool parsed = absl::ParseDuration(*text, &duration);
    const bool off = parsed && may_be_off && duration == absl::ZeroDuration();
    if (!parsed || (!off && (duration < low || duration > high))) {
      return fmt::format("must be a duration such as 10s, from {} to {}{}", absl::FormatDuration(low),
                         absl::FormatDuration(high), may_be_off ? ", or 0 for never" : "");
    }
    *value = absl::ToChronoNanoseconds(duration);
    *text = absl::FormatDuration(duration);
    return "";
  };
  Add({.name = name,
       .help = fmt::format("{} From {} to {}{}.", help, absl::FormatDuration(low), absl::FormatDuration(high),
                           may_be_off ? ", or 0" : ""),
       .standard = absl::FormatDuration(absl::FromChrono(*value)),
       .set = set,
       .reset = [value, standard = *value] { *value = standard; }});
}

void Definer::Switch(const std::string& name, bool* value, const std::string& help) {
  const auto set = [value](std::string* text) -> std::string {
    const auto on = ParseSwitch(*text);
    if (!on.has_value()) return "must be true or false";
    *value = *on;
    *text = *on ? "true" : "false";
    return "";
  };
  Add({.name = name,
       .help = help,
       .standard = *value ? "true" : "false",
       .set = set,
       .reset = [value, standard = *value] { *value = standard; },
       .is_switch = true});
}

const Definer::Flag* Definer::Find(const std::string& name) const {
  const auto found = std::ranges::find(flags_, name, &Flag::name);
  return found == flags_.end() ? nullptr : &*found;
}

bool Definer::IsSwitch(const std::string& name) const {
  const Flag* const flag = Find(name);
  return flag != nullptr && flag->is_switch;
}

bool Definer::IsGiven(const std::string& name) const {
  const Flag* const flag = Find(name);
  return flag != nullptr && flag->is_given;
}

std::vector<std::string> Definer::names() const {
  std::vector<std::string> names;
  names.reserve(flags_.size());
  for (const Flag& flag : flags_) names.push_back(flag.name);
  return names;
}

std::map<std::string, std::string> Definer::texts() const {
  std::map<std::string, std::string> texts;
  for (const Flag& flag : flags_) texts[flag.name] = flag.text;
  return texts;
}

void Definer::Take(const std::vector<FlagMention>& command_line, const std::vector<FlagMention>& file,
                   const std::map<std::string, std::string>& running) {
  CheckNames(command_line, false);
  CheckNames(file, true);
  WarnOfRepetitions(command_line, false);
  WarnOfRepetitions(file, true);
  for (Flag& flag : flags_) {
    const FlagMention* mention = LastOf(command_line, flag.name);
    if (mention == nullptr) mention = LastOf(file, flag.name);
    Set(flag, mention == nullptr ? ReadEnvironment(flag.name) : *mention, running);
  }
}

void Definer::CheckNames(const std::vector<FlagMention>& mentions, bool in_file) const {
  for (const FlagMention& mention : mentions) {
    if (Find(mention.name) != nullptr) {
      if (in_file && mention.name == "flagfile")
        throw FlagError(mention.place + " must not be in a flag file");
      continue;
    }
    const std::string place = mention.place.substr(0, mention.place.size() - mention.name.size() - 2);
    const std::string meant = Suggestion(mention.name, names());
    throw FlagError(fmt::format("{}unknown flag --{}{}", place, mention.name,
                                meant.empty() ? "" : fmt::format("; did you mean --{}?", meant)));
  }
}

// On the command line a later flag overrides an earlier one on purpose. For a list it may be a mistake, since
// its entries could be expected to add up. In a file any repetition may be a mistake.
void Definer::WarnOfRepetitions(const std::vector<FlagMention>& mentions, bool in_file) {
  std::set<std::string> seen;
  for (const FlagMention& mention : mentions) {
    if (seen.insert(mention.name).second) continue;
    const bool is_list = Find(mention.name)->is_list;
    if (!in_file && !is_list) continue;
    warnings_.push_back(
        fmt::format("{} replaces an earlier --{}{}", mention.place, mention.name,
                    is_list ? ": a list has its entries in one flag, separated by commas" : ""));
  }
}

void Definer::Set(Flag& flag, const std::optional<FlagMention>& mention,
                  const std::map<std::string, std::string>& running) {
  flag.is_given = mention.has_value();
  flag.text = flag.standard;
  if (mention.has_value()) {
    if (!mention->value.has_value() && !flag.is_switch)
      throw FlagError(fmt::format("{} has no value: must be --{}=VALUE", mention->place, flag.name));
    flag.text = mention->value.value_or("true");
  }
  const auto before = running.find(flag.name);
  if (before != running.end() && before->second == flag.text) return;
  if (!mention.has_value()) return flag.reset();
  const std::string given = flag.text;
  if (const std::string wanted = flag.set(&flag.text); !wanted.empty())
    throw FlagError(fmt::format("{} is \"{}\": {}", mention->place, given, wanted));
}

std::string Definer::Help(const std::function<bool(const std::string&)>& is_reloadable) const {
  std::string help;
  for (const Flag& flag : flags_) {
    const bool is_off = flag.is_switch && flag.standard == "false";
    help += fmt::format("  --{}{}{}\n{}", flag.name, is_off ? "" : "=" + flag.standard,
                        is_reloadable(flag.name) ? " (reloadable)" : "", Wrapped(flag.help));
  }
  return help;
}

}  // namespace drawbridge
