#include "services/server/flag_mention.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "gateway/base/ascii.h"
#include "gateway/base/utf8.h"

namespace drawbridge {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[noreturn]] void RefuseFile(const std::string& path, const std::string& problem) {
  throw FlagError(fmt::format("--flagfile is \"{}\": {}", path, problem));
}

bool ConsumePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// NAME or NAME=VALUE.
FlagMention ParseMention(std::string_view text) {
  const size_t equals = text.find('=');
  FlagMention mention{.name = std::string(Trim(text.substr(0, equals)))};
  if (equals != std::string_view::npos) mention.value = std::string(Trim(text.substr(equals + 1)));
  return mention;
}

// # begins a comment at the beginning of a line or behind a space, so that a path may contain one.
std::string_view WithoutComment(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  }
  return line;
}

std::string ReadAll(int file, const std::string& path) {
  std::string text;
  std::array<char, 16384> part{};
  for (;;) {
    const ssize_t size = ::read(file, part.data(), part.size());
    if (size < 0) RefuseFile(path, std::strerror(errno));
    if (size == 0) return text;
    text.append(part.data(), static_cast<size_t>(size));
    if (text.size() > kMaxFlagFileBytes)
      RefuseFile(path, fmt::format("must have at most {} bytes", kMaxFlagFileBytes));
  }
}

}  // namespace

std::vector<FlagMention> ReadCommandLine(int argc, const char* const* argv,
                                         const std::function<bool(const std::string&)>& is_switch) {
  std::vector<FlagMention> mentions;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--") continue;
    if (argument == "-h") argument = "--help";
    if (!ConsumePrefix(argument, "--")) {
      throw FlagError(fmt::format("unexpected argument \"{}\": flags are given as --NAME=VALUE", argument));
    }
    FlagMention mention;
    const size_t equals = argument.find('=');
    mention.name = argument.substr(0, equals);
    mention.place = "--" + mention.name;
    if (equals != std::string_view::npos) {
      mention.value = argument.substr(equals + 1);
    } else if (!is_switch(mention.name) && i + 1 < argc && !std::string_view(argv[i + 1]).starts_with("--")) {
      mention.value = argv[++i];
    }
    mentions.push_back(std::move(mention));
  }
  return mentions;
}

std::vector<FlagMention> ReadFlagFile(const std::string& path) {
  // Without O_NONBLOCK, open blocks on a FIFO until there is a writer.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) RefuseFile(path, std::strerror(errno));
  const absl::Cleanup close = [file] { ::close(file); };
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    RefuseFile(path, "must be a regular file, since it is read again when it changes");
  return ParseFlagFile(ReadAll(file, path), path);
}

std::vector<FlagMention> ParseFlagFile(std::string_view text, const std::string& path) {
  ConsumePrefix(text, kByteOrderMark);
  std::vector<FlagMention> mentions;
  size_t number = 0;
  for (std::string_view line : Split(text, '\n')) {
    const std::string place = fmt::format("{}:{}: ", path, ++number);
    if (!IsUtf8(line) || line.find('\0') != std::string_view::npos)
      throw FlagError(place + "must be UTF-8 text without NUL bytes");
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = Trim(WithoutComment(line));
    ConsumePrefix(line, "--");
    if (line.empty()) continue;
    FlagMention mention = ParseMention(line);
    if (mention.name.empty())
      throw FlagError(fmt::format("{}\"{}\" has no flag name before the =", place, line));
    mention.place = place + "--" + mention.name;
    mentions.push_back(std::move(mention));
  }
  return mentions;
}

std::string VariableOf(const std::string& name) { return "DRAWBRIDGE_" + absl::AsciiStrToUpper(name); }

std::optional<FlagMention> ReadEnvironment(const std::string& name) {
  const std::string variable = VariableOf(name);
  const char* const value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return FlagMention{.name = name, .value = value, .place = variable};
}

const FlagMention* LastOf(const std::vector<FlagMention>& mentions, const std::string& name) {
  const auto last = std::find_if(mentions.rbegin(), mentions.rend(),
                                 [&name](const FlagMention& mention) { return mention.name == name; });
  return last == mentions.rend() ? nullptr : &*last;
}

}  // namespace drawbridge
