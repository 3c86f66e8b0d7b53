#include "services/auth/known_callers.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "gateway/base/ascii.h"
#include "gateway/base/utf8.h"

namespace drawbridge {
namespace {

constexpr std::string_view kCertificate = "cert:";
constexpr std::string_view kForms = "NAME ROLE SHA256HEX, or cert:SUBJECT ROLE";
constexpr size_t kShown = 16;  // a longer word may be a token, so it is not shown

[[noreturn]] void Refuse(size_t line, const std::string& problem) {
  throw CallersError(fmt::format("line {}: {}", line, problem));
}

std::string Shown(std::string_view word) {
  if (word.size() > kShown) return fmt::format("has {} bytes", word.size());
  return fmt::format("is \"{}\"", absl::CEscape(std::string(word)));
}

std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  for (line = Trim(line); !line.empty(); line = Trim(line)) {
    words.push_back(line.substr(0, line.find_first_of(" \t")));
    line.remove_prefix(words.back().size());
  }
  return words;
}

// # begins a comment at the beginning of a line or behind a space. Lines may end with CRLF.
std::string_view WithoutComment(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || absl::ascii_isspace(line[at - 1])) return line.substr(0, at);
  }
  return line;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= KnownCallers::kMaxName && std::ranges::all_of(name, [](char c) {
    return absl::ascii_isalnum(c) || std::string_view("_.@-").find(c) != std::string_view::npos;
  });
}

bool IsSubject(std::string_view subject) {
  return !subject.empty() && subject.size() <= KnownCallers::kMaxSubject && IsUtf8(subject) &&
         std::ranges::none_of(subject, [](char c) { return absl::ascii_iscntrl(c); });
}

Role RoleOf(std::string_view word, size_t line) {
  const auto role = ParseRole(word);
  if (!role.has_value()) Refuse(line, fmt::format("the role {}: must be one of {}", Shown(word), kRoleNames));
  return *role;
}

}  // namespace

KnownCallers KnownCallers::Parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    throw CallersError(fmt::format("has {} bytes: at most {} are allowed", text.size(), kMaxBytes));
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // as editors on Windows write it
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  KnownCallers known;
  size_t number = 0;
  for (const std::string_view line : Split(text, '\n')) {
    known.AddLine(Trim(WithoutComment(line)), ++number);
    if (known.size() > kMaxEntries)
      Refuse(number, fmt::format("is entry {}: at most {} are allowed", known.size(), kMaxEntries));
  }
  return known;
}

void KnownCallers::AddLine(std::string_view line, size_t number) {
  if (line.empty()) return;
  if (line.starts_with(kCertificate)) {
    AddCertificate(line.substr(kCertificate.size()), number);
  } else {
    AddToken(line, number);
  }
}

void KnownCallers::AddToken(std::string_view line, size_t number) {
  const auto words = WordsOf(line);
  if (words.size() != 3)
    Refuse(number,
           fmt::format("has {} word{}: must be {}", words.size(), words.size() == 1 ? "" : "s", kForms));
  if (!IsName(words[0])) {
    Refuse(number, fmt::format("the name {}: must be 1 to {} characters of [A-Za-z0-9_.@-]", Shown(words[0]),
                               kMaxName));
  }
  const Role role = RoleOf(words[1], number);
  if (words[2].size() != 2 * sizeof(TokenDigest) || !std::ranges::all_of(words[2], absl::ascii_isxdigit)) {
    Refuse(number, fmt::format("the digest has {} characters: must be the SHA-256 of a token, {} digits of "
                               "[0-9a-fA-F]",
                               words[2].size(), 2 * sizeof(TokenDigest)));
  }
  Token token{.line = number, .principal = {std::string(words[0]), role}};
  std::ranges::copy(absl::HexStringToBytes(std::string(words[2])), token.digest.begin());
  const auto twin = std::ranges::find(tokens_, token.digest, &Token::digest);
  if (twin != tokens_.end())
    Refuse(number, fmt::format("the digest is already in line {}: must be unique", twin->line));
  tokens_.push_back(std::move(token));
}

// The subject may have spaces in it; the role is the last word.
void KnownCallers::AddCertificate(std::string_view line, size_t number) {
  const size_t space = line.find_last_of(" \t");
  if (space == std::string_view::npos) Refuse(number, fmt::format("has 1 word: must be {}", kForms));
  const std::string_view subject = Trim(line.substr(0, space));
  if (!IsSubject(subject)) {
    Refuse(number, fmt::format("the subject {}: must be 1 to {} bytes of UTF-8 without control characters",
                               Shown(subject), kMaxSubject));
  }
  const Role role = RoleOf(line.substr(space + 1), number);
  const std::string name(subject);
  const Certificate certificate{number, {std::string(kCertificate) + name, role}};
  const auto [entry, is_new] = certificates_.emplace(name, certificate);
  if (is_new) return;
  Refuse(number, fmt::format("the subject is already in line {}: must be unique", entry->second.line));
}

const Principal* KnownCallers::FindToken(const TokenDigest& digest) const {
  size_t found = 0;  // the index of the match plus 1; digests are unique
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const size_t differs = ::CRYPTO_memcmp(tokens_[i].digest.data(), digest.data(), digest.size()) != 0;
    found |= (differs - 1) & (i + 1);  // the mask has all bits set on a match, else none
  }
  return found == 0 ? nullptr : &tokens_[found - 1].principal;
}

const Principal* KnownCallers::FindCertificate(const std::string& subject) const {
  const auto found = certificates_.find(subject);
  return found == certificates_.end() ? nullptr : &found->second.principal;
}

}  // namespace drawbridge
