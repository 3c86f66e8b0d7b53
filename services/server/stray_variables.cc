#include "services/server/stray_variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "gateway/base/ascii.h"
#include "services/server/flag_mention.h"
#include "services/server/suggestion.h"

namespace drawbridge {
namespace {

constexpr std::string_view kPrefix = "DRAWBRIDGE_";

// The variables of drawbridgectl, which may run in the same container.
constexpr std::string_view kOfControlTool[] = {
    "ADDRESS", "CA_CERT", "CERT", "INSECURE_TOKEN", "KEY", "SERVER_NAME", "TLS", "TOKEN_FILE", "USE_PROXY"};

bool IsAddressWithScheme(std::string_view value) {
  return value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
}

// "9090_TCP", "9090_TCP_PORT" and so on.
bool IsPortLink(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return false;
  text.remove_prefix(digits);
  for (const std::string_view protocol : {"_TCP", "_UDP", "_SCTP"}) {
    if (!text.starts_with(protocol)) continue;
    text.remove_prefix(protocol.size());
    return text.empty() || text == "_PROTO" || text == "_PORT" || text == "_ADDR";
  }
  return false;
}

// Kubernetes gives each container <SERVICE>_SERVICE_HOST, <SERVICE>_SERVICE_PORT[_<NAME>], <SERVICE>_PORT and
// <SERVICE>_PORT_<NUMBER>_<PROTOCOL>[_PROTO|_PORT|_ADDR] of each Service of its namespace.
bool IsServiceLink(std::string_view name, std::string_view value) {
  if (name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos) return true;
  if (name.ends_with("_PORT") && IsAddressWithScheme(value)) return true;
  constexpr std::string_view kPort = "_PORT_";
  const size_t port = name.find(kPort);
  return port != std::string_view::npos && IsPortLink(name.substr(port + kPort.size()));
}

std::string Sentence(std::string_view name, const std::vector<std::string>& flags) {
  const std::string meant = Suggestion(ToLower(name.substr(kPrefix.size())), flags);
  return fmt::format("{} is not the variable of a flag and has no effect{}", name,
                     meant.empty() ? "" : fmt::format("; did you mean {}?", VariableOf(meant)));
}

}  // namespace

std::vector<std::string> StrayVariables(const char* const* environment,
                                        const std::vector<std::string>& flags) {
  std::vector<std::string> sentences;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view variable = *environment;
    const std::string_view name = variable.substr(0, variable.find('='));
    if (!name.starts_with(kPrefix)) continue;
    const std::string_view suffix = name.substr(kPrefix.size());
    const bool is_flag =
        std::ranges::any_of(flags, [name](const std::string& flag) { return name == VariableOf(flag); });
    if (is_flag || std::ranges::find(kOfControlTool, suffix) != std::end(kOfControlTool)) continue;
    // The Service may be called "drawbridge", so the text includes the underscore after DRAWBRIDGE.
    const std::string_view value = variable.substr(std::min(name.size() + 1, variable.size()));
    if (IsServiceLink(name.substr(kPrefix.size() - 1), value)) continue;
    sentences.push_back(Sentence(name, flags));
  }
  return sentences;
}

}  // namespace drawbridge
