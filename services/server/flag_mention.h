// Where flags are given: on the command line, in a flag file, in the environment.
#ifndef DRAWBRIDGE_SERVICES_SERVER_FLAG_MENTION_H_
#define DRAWBRIDGE_SERVICES_SERVER_FLAG_MENTION_H_

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// what() names the place, the value and what it must be, without the program's name.
class FlagError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct FlagMention {
  std::string name;                  // without dashes
  std::optional<std::string> value;  // nullopt: the name is given without a value
  std::string place;  // begins the error text: "--listen", "/etc/flags:3: --listen" or "DRAWBRIDGE_LISTEN"
};

// `is_switch(name)` says that `--name` takes no value from the next argument. "-h" is "help". Throws
// FlagError.
std::vector<FlagMention> ReadCommandLine(int argc, const char* const* argv,
                                         const std::function<bool(const std::string&)>& is_switch);

// One flag a line, as on the command line, with or without the dashes. # begins a comment at the beginning of
// a line or behind a space. Lines end with LF or CRLF; a UTF-8 byte order mark is skipped. At most
// kMaxFlagFileBytes. Blocks on the file system. Throws FlagError.
std::vector<FlagMention> ReadFlagFile(const std::string& path);
// The same for text that was read from `path`. Does not block.
std::vector<FlagMention> ParseFlagFile(std::string_view text, const std::string& path);
constexpr size_t kMaxFlagFileBytes = 1 << 20;

// DRAWBRIDGE_<NAME>.
std::string VariableOf(const std::string& name);
// The value of that variable; nullopt if it is unset or empty.
std::optional<FlagMention> ReadEnvironment(const std::string& name);

// The last mention with this name; null: there is none.
const FlagMention* LastOf(const std::vector<FlagMention>& mentions, const std::string& name);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_FLAG_MENTION_H_
