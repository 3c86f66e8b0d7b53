// The table of flags: each with its help, its bounds and the place that its value comes from.
#ifndef DRAWBRIDGE_SERVICES_SERVER_FLAG_DEFINER_H_
#define DRAWBRIDGE_SERVICES_SERVER_FLAG_DEFINER_H_

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/server/flag_mention.h"

namespace drawbridge {

// The check of a flag for a file that is read: as Definer::Wanted. Blocks on the file system.
std::string WantFile(const std::string& text);

// Not thread-safe. What the values point to must outlive this. A flag's default is its value at the time of
// its definition.
class Definer {
 public:
  // Returns what the text must be, or an empty text if it is valid.
  using Wanted = std::function<std::string(const std::string&)>;

  void Text(const std::string& name, std::string* value, const std::string& help, const Wanted& wanted);
  // A text that is a list: a repetition replaces it and causes a warning.
  void List(const std::string& name, std::string* value, const std::string& help, const Wanted& wanted);
  void Choice(const std::string& name, std::string* value, const std::string& help,
              const std::vector<std::string>& choices);
  template <std::integral Integer>
  void Number(const std::string& name, Integer* value, const std::string& help, uint64_t low, uint64_t high,
              const std::string& why = "") {
    AddNumber(name, help, low, high, why, std::to_string(*value),
              [value](uint64_t number) { *value = static_cast<Integer>(number); });
  }
  // A WebSocket close code, one of kOperatorCodes.
  void CloseCode(const std::string& name, uint16_t* value, const std::string& help);
  // `may_be_off`: 0 is valid too, and turns the feature off.
  void Duration(const std::string& name, std::chrono::nanoseconds* value, const std::string& help,
                absl::Duration low, absl::Duration high, bool may_be_off = false);
  void Switch(const std::string& name, bool* value, const std::string& help);

  bool IsSwitch(const std::string& name) const;
  std::vector<std::string> names() const;

  // Gives each flag the last value of the first place that has one: command line, file, environment, default.
  // A flag whose text in `running` is the same keeps its value and is not checked again. Throws FlagError.
  void Take(const std::vector<FlagMention>& command_line, const std::vector<FlagMention>& file,
            const std::map<std::string, std::string>& running = {});

  // Whether the flag has a value other than by default. Valid after Take.
  bool IsGiven(const std::string& name) const;
  // The values as normalized texts, by name: equal values have equal texts. Valid after Take.
  std::map<std::string, std::string> texts() const;
  // Accepted input that may be a mistake, one sentence each. Valid after Take.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // The part of --help that lists the flags: name, default, "(reloadable)" for those, and what it does.
  std::string Help(const std::function<bool(const std::string&)>& is_reloadable) const;

 private:
  struct Flag {
    std::string name;
    std::string help;
    std::string standard;  // the default as text
    // Stores the value of a text and normalizes the text, or returns what it must be.
    std::function<std::string(std::string*)> set;
    std::function<void()> reset;
    bool is_switch = false;
    bool is_list = false;
    std::string text = standard;
    bool is_given = false;
  };

  Flag& Add(Flag flag);
  void AddNumber(const std::string& name, const std::string& help, uint64_t low, uint64_t high,
                 const std::string& why, const std::string& standard,
                 const std::function<void(uint64_t)>& store);
  const Flag* Find(const std::string& name) const;
  void CheckNames(const std::vector<FlagMention>& mentions, bool in_file) const;
  void WarnOfRepetitions(const std::vector<FlagMention>& mentions, bool in_file);
  static void Set(Flag& flag, const std::optional<FlagMention>& mention,
                  const std::map<std::string, std::string>& running);

  std::vector<Flag> flags_;
  std::vector<std::string> warnings_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_FLAG_DEFINER_H_
