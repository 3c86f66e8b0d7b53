// Own parser, so that the floor and the load generator depend on no library.
#include "tools/bench/net/flags.h"

#include <stdexcept>
#include <string_view>

namespace drawbridge::bench {

Flags::Flags(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--")) throw std::invalid_argument("not a flag: " + std::string(argument));
    const size_t equals = argument.find('=');
    const std::string name(argument.substr(2, equals - 2));
    if (equals != argument.npos) {
      given_[name] = argument.substr(equals + 1);
    } else if (i + 1 < argc) {
      given_[name] = argv[++i];
    } else {
      throw std::invalid_argument("no value: --" + name);
    }
  }
}

std::string Flags::String(const std::string& name, const std::string& fallback) {
  asked_[name] = true;
  const auto found = given_.find(name);
  return found == given_.end() ? fallback : found->second;
}

double Flags::Number(const std::string& name, double fallback) {
  const std::string text = String(name, "");
  if (text.empty()) return fallback;
  size_t used = 0;
  const double value = std::stod(text, &used);
  if (used != text.size() || value < 0) throw std::invalid_argument("bad number: --" + name);
  return value;
}

void Flags::RejectUnknown() const {
  for (const auto& [name, value] : given_) {
    if (!asked_.contains(name)) throw std::invalid_argument("unknown flag: --" + name);
  }
}

}  // namespace drawbridge::bench
