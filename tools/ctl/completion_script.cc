#include "tools/ctl/completion_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace drawbridge::ctl {
namespace {

// Quotes `text` with '...', which works in all three shells because no text here has a backslash. Drops
// single quotes.
std::string Quoted(const std::string& text) { return "'" + absl::StrReplaceAll(text, {{"'", ""}}) + "'"; }

std::vector<FlagWords> Together(const std::vector<FlagWords>& first, const std::vector<FlagWords>& second) {
  std::vector<FlagWords> all = first;
  for (const FlagWords& flag : second) {
    bool known = false;  // --help is both a global flag and a flag of the subcommand
    for (const FlagWords& other : first) known = known || other.name == flag.name;
    if (!known) all.push_back(flag);
  }
  return all;
}

std::string NamesOf(const std::vector<FlagWords>& flags) {
  return absl::StrJoin(flags, " ", [](std::string* out, const FlagWords& flag) { *out += flag.name; });
}

std::string NamesOf(const std::vector<SubcommandWords>& subcommands) {
  return absl::StrJoin(subcommands, " ",
                       [](std::string* out, const SubcommandWords& one) { *out += one.name; });
}

// Returns the flags as "--a|--b": those with exactly these `choices`, or, if null, all that take a value.
std::string ValuedNames(const CommandWords& words, const std::vector<std::string>* choices) {
  std::vector<std::string> names;
  const auto take = [&](const std::vector<FlagWords>& flags) {
    for (const FlagWords& flag : flags) {
      const bool wanted = choices == nullptr ? flag.takes_value : flag.choices == *choices;
      if (wanted && std::find(names.begin(), names.end(), flag.name) == names.end())
        names.push_back(flag.name);
    }
  };
  take(words.flags);
  for (const SubcommandWords& subcommand : words.subcommands) take(subcommand.flags);
  return absl::StrJoin(names, "|");
}

std::vector<std::vector<std::string>> AllChoices(const CommandWords& words) {
  std::vector<std::vector<std::string>> all;
  const auto take = [&all](const std::vector<FlagWords>& flags) {
    for (const FlagWords& flag : flags) {
      if (!flag.choices.empty() && std::find(all.begin(), all.end(), flag.choices) == all.end())
        all.push_back(flag.choices);
    }
  };
  take(words.flags);
  for (const SubcommandWords& subcommand : words.subcommands) take(subcommand.flags);
  return all;
}

}  // namespace

std::string BashScript(const CommandWords& words) {
  std::string values;
  for (const std::vector<std::string>& choices : AllChoices(words)) {
    values += fmt::format("    {}) COMPREPLY=($(compgen -W {} -- \"$current\")); return ;;\n",
                          ValuedNames(words, &choices), Quoted(absl::StrJoin(choices, " ")));
  }
  std::string cases;
  for (const SubcommandWords& one : words.subcommands) {
    const std::string arguments = absl::StrJoin(one.arguments, " ");
    cases += fmt::format(
        "    {}) words={} ;;\n", one.name,
        Quoted(NamesOf(Together(one.flags, words.flags)) + (arguments.empty() ? "" : " ") + arguments));
  }
  return fmt::format(
      "# drawbridgectl completion for bash: source <(drawbridgectl completion bash)\n"
      "_drawbridgectl() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} subcommand='' "
      "word i words\n"
      "  COMPREPLY=()\n"
      "  case $previous in\n"
      "{0}"
      "    {1}) return ;;\n"
      "  esac\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${{COMP_WORDS[i]}}\n"
      "    case \" {2} \" in *\" $word \"*) subcommand=$word; break ;; esac\n"
      "  done\n"
      "  case $subcommand in\n"
      "{3}"
      "    *) words={4} ;;\n"
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}}\n"
      "complete -F _drawbridgectl drawbridgectl\n",
      values, ValuedNames(words, nullptr), NamesOf(words.subcommands), cases,
      Quoted(NamesOf(words.subcommands) + " " + NamesOf(words.flags)));
}

std::string ZshScript(const CommandWords& words) {
  // Zsh runs the bash script through bashcompinit. Zsh's autoloader requires the first line.
  return "#compdef drawbridgectl\n"
         "# drawbridgectl completion for zsh: source <(drawbridgectl completion zsh)\n"
         "autoload -U +X compinit && compinit\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         BashScript(words);
}

std::string FishScript(const CommandWords& words) {
  std::string script =
      "# drawbridgectl completion for fish: drawbridgectl completion fish | source\n"
      "complete -c drawbridgectl -f\n";
  const auto add = [&script](const std::string& when, const FlagWords& flag) {
    const bool is_long = flag.name.starts_with("--");
    script += fmt::format(
        "complete -c drawbridgectl{} -{} {}{}{} -d {}\n", when.empty() ? "" : " -n " + Quoted(when),
        is_long ? "l" : "s", flag.name.substr(is_long ? 2 : 1),
        !flag.takes_value      ? ""
        : flag.choices.empty() ? " -r"
                               : " -x",
        flag.choices.empty() ? "" : " -a " + Quoted(absl::StrJoin(flag.choices, " ")), Quoted(flag.help));
  };
  for (const FlagWords& flag : words.flags) add("", flag);
  for (const SubcommandWords& one : words.subcommands) {
    script += fmt::format("complete -c drawbridgectl -n __fish_use_subcommand -a {} -d {}\n", one.name,
                          Quoted(one.help));
    const std::string seen = "__fish_seen_subcommand_from " + one.name;
    for (const FlagWords& flag : one.flags) {
      if (flag.name != "--help" && flag.name != "-h") add(seen, flag);
    }
    for (const std::string& argument : one.arguments)
      script += fmt::format("complete -c drawbridgectl -n {} -a {}\n", Quoted(seen), argument);
  }
  return script;
}

}  // namespace drawbridge::ctl
