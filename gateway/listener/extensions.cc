#include "gateway/listener/extensions.h"

#include <algorithm>
#include <utility>

#include "gateway/listener/token_list.h"

namespace drawbridge {
namespace {

// Parses the header from the left.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Consumes `c` if it comes next. Returns whether it did.
  bool Take(char c) {
    SkipSpace();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    SkipSpace();
    return true;
  }

  bool at_end() {
    SkipSpace();
    return text_.empty();
  }

  // Empty if there is none.
  std::string Token() {
    SkipSpace();
    const auto end = std::ranges::find_if_not(text_, IsTokenCharacter);
    std::string token(text_.begin(), end);
    text_.remove_prefix(token.size());
    return token;
  }

  // A token, in quotes or not; empty if there is none.
  std::string Value() {
    if (!Take('"')) return Token();
    std::string value;
    while (!text_.empty() && text_.front() != '"') {
      if (text_.front() == '\\') text_.remove_prefix(1);
      if (text_.empty() || !IsTokenCharacter(text_.front())) return {};
      value += text_.front();
      text_.remove_prefix(1);
    }
    return Take('"') ? value : std::string();
  }

 private:
  void SkipSpace() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }

  std::string_view text_;
};

// Reads what follows the name of an extension.
bool ReadParameters(Reader& reader, std::vector<Extension::Parameter>& parameters) {
  while (reader.Take(';')) {
    Extension::Parameter parameter{reader.Token()};
    if (parameter.name.empty()) return false;
    if (reader.Take('=')) {
      parameter.value = reader.Value();
      if (parameter.value->empty()) return false;
    }
    parameters.push_back(std::move(parameter));
  }
  return true;
}

}  // namespace

std::optional<std::vector<Extension>> ParseExtensions(std::string_view header) {
  std::vector<Extension> extensions;
  Reader reader(header);
  while (true) {
    while (reader.Take(',')) {
      // A list may have empty elements (RFC 2616, section 2.1).
    }
    if (reader.at_end()) return extensions;
    Extension extension{reader.Token()};
    if (extension.name.empty() || !ReadParameters(reader, extension.parameters)) return std::nullopt;
    extensions.push_back(std::move(extension));
    if (!reader.Take(',') && !reader.at_end()) return std::nullopt;
  }
}

}  // namespace drawbridge
