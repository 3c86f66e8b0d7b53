// The header Sec-WebSocket-Extensions (RFC 6455, section 9.1).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_EXTENSIONS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_EXTENSIONS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// One extension that a client offers. A client may offer the same one several times, in order of preference.
struct Extension {
  struct Parameter {
    std::string name;
    std::optional<std::string> value = std::nullopt;  // without its quotes

    bool operator==(const Parameter&) const = default;
  };
  std::string name;
  std::vector<Parameter> parameters;

  bool operator==(const Extension&) const = default;
};

// `header`: all lines of the header in their order, joined by commas. nullopt if it violates the grammar.
std::optional<std::vector<Extension>> ParseExtensions(std::string_view header);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_EXTENSIONS_H_
