#include "gateway/listener/token_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/identity/base64url.h"
#include "gateway/listener/token_list.h"

namespace drawbridge {
namespace {

constexpr std::string_view kEncodedPrefix = "base64url.";

// RFC 6750, section 3.1: the request itself is wrong, whatever the token says.
HttpAnswer Malformed(std::string text) {
  return {400, std::move(text), "WWW-Authenticate: Bearer error=\"invalid_request\"\r\n"};
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return ToLower(text.substr(0, prefix.size())) == ToLower(prefix);
}

// The values of all pieces NAME=VALUE between the separators.
std::vector<std::string> ValuesOf(std::string_view list, char separator, std::string_view name) {
  std::vector<std::string> values;
  for (const std::string_view piece : Split(list, separator)) {
    const size_t equals = piece.find('=');
    if (equals != std::string_view::npos && piece.substr(0, equals) == name)
      values.emplace_back(piece.substr(equals + 1));
  }
  return values;
}

// RFC 6750, section 2.1. Another scheme is for something else than this gateway.
std::vector<std::string> BearerTokens(const std::vector<std::string_view>& lines) {
  constexpr std::string_view kScheme = "bearer";
  std::vector<std::string> tokens;
  for (const std::string_view line : lines) {
    const size_t space = std::min(line.find(' '), line.size());
    if (ToLower(line.substr(0, space)) == kScheme) tokens.emplace_back(Trim(line.substr(space)));
  }
  return tokens;
}

// RFC 6265, section 4.1.1: a value may stand in double quotes.
std::vector<std::string> CookieTokens(const std::vector<std::string_view>& lines, std::string_view name) {
  std::vector<std::string> tokens;
  for (const std::string_view line : lines) {
    for (std::string& value : ValuesOf(line, ';', name)) {
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
      tokens.push_back(std::move(value));
    }
  }
  return tokens;
}

// Entries that cannot be decoded become empty, which no token is.
std::vector<std::string> EntryTokens(const std::vector<std::string>& entries, std::string_view prefix) {
  std::vector<std::string> tokens;
  for (const std::string_view entry : entries) {
    if (!StartsWith(entry, prefix)) continue;
    const std::string_view rest = entry.substr(prefix.size());
    const bool encoded = StartsWith(prefix, kEncodedPrefix);
    tokens.push_back(encoded ? DecodeBase64Url(rest).value_or("") : std::string(rest));
  }
  return tokens;
}

}  // namespace

TokenSources::TokenSources() : TokenSources({{.kind = Kind::kAuthorization, .name = ""}}) {}

std::optional<TokenSources::Source> TokenSources::ParseSource(std::string_view text) {
  if (text == "authorization") return Source{.kind = Kind::kAuthorization, .name = ""};
  if (text == "subprotocol") return Source{.kind = Kind::kSubprotocol, .name = kKubernetesTokenPrefix};
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view word = text.substr(0, colon);
  const std::string_view name = text.substr(colon + 1);
  if (!IsToken(name)) return std::nullopt;
  if (word == "cookie") return Source{.kind = Kind::kCookie, .name = std::string(name)};
  if (word == "query") return Source{.kind = Kind::kQuery, .name = std::string(name)};
  if (word == "subprotocol") return Source{.kind = Kind::kSubprotocol, .name = std::string(name)};
  return std::nullopt;
}

std::optional<TokenSources> TokenSources::Parse(std::string_view list) {
  std::vector<Source> sources;
  for (const std::string_view text : Split(list, ',')) {
    auto source = ParseSource(text);
    if (!source.has_value() || std::ranges::find(sources, *source) != sources.end()) return std::nullopt;
    sources.push_back(*std::move(source));
  }
  return TokenSources(std::move(sources));
}

TokenSources TokenSources::ForRenewal() const {
  std::vector<Source> sources;
  std::ranges::copy_if(sources_, std::back_inserter(sources), [](const Source& source) {
    return source.kind == Kind::kAuthorization || source.kind == Kind::kCookie;
  });
  return sources.empty() ? TokenSources() : TokenSources(std::move(sources));
}

std::vector<std::string> TokenSources::Candidates(const Source& source, const TokenCarriers& carriers,
                                                  const std::vector<std::string>& entries) {
  switch (source.kind) {
    case Kind::kAuthorization:
      return BearerTokens(carriers.authorization);
    case Kind::kCookie:
      return CookieTokens(carriers.cookies, source.name);
    case Kind::kQuery:
      return ValuesOf(carriers.query, '&', source.name);
    case Kind::kSubprotocol:
      return EntryTokens(entries, source.name);
  }
  return {};
}

std::variant<std::string, HttpAnswer> TokenSources::TokenOf(const Source& source,
                                                            std::vector<std::string> found,
                                                            bool comes_alone) {
  constexpr std::string_view kNames[] = {"the Authorization header", "the cookie", "the query parameter",
                                         "Sec-WebSocket-Protocol"};
  const std::string_view name = kNames[static_cast<size_t>(source.kind)];
  const bool is_named = source.kind == Kind::kCookie || source.kind == Kind::kQuery;
  const std::string where = fmt::format("{}{}{}", name, is_named ? " " : "", is_named ? source.name : "");
  if (found.size() > 1) return Malformed(fmt::format("{} has {} tokens: must have one", where, found.size()));
  if (found.front().empty()) return Malformed(fmt::format("{} has no well-formed token", where));
  if (source.kind == Kind::kSubprotocol && comes_alone)
    return Malformed("Sec-WebSocket-Protocol has a token alone: must offer a subprotocol beside it");
  return std::move(found.front());
}

std::variant<std::string, HttpAnswer> TokenSources::Find(const TokenCarriers& carriers,
                                                         std::vector<std::string>* subprotocols) const {
  std::vector<std::string> entries;  // with a prefix
  const auto is_entry = [this](const std::string& text) {
    return std::ranges::any_of(sources_, [&text](const Source& source) {
      return source.kind == Kind::kSubprotocol && StartsWith(text, source.name);
    });
  };
  std::ranges::copy_if(*subprotocols, std::back_inserter(entries), is_entry);
  std::erase_if(*subprotocols, is_entry);
  for (const Source& source : sources_) {
    // Which of the two another program heeds is unknown.
    if (source.kind == Kind::kAuthorization && carriers.authorization.size() > 1)
      return Malformed("more than one Authorization header");
    auto found = Candidates(source, carriers, entries);
    if (!found.empty()) return TokenOf(source, std::move(found), subprotocols->empty());
  }
  return std::string();
}

}  // namespace drawbridge
