#include "services/filter/lexer.h"

#include <algorithm>
#include <utility>

#include "gateway/base/ascii.h"
#include "services/filter/error.h"

namespace drawbridge {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::string_view kEscapable = "\\\"'*";

bool IsWordCharacter(char c) {
  return IsAlphanumeric(c) || std::string_view("_-./+@%*").find(c) != std::string_view::npos;
}

// Bytes of the UTF-8 character that begins with `first`.
size_t CharacterSize(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

}  // namespace

Token Lexer::Next() {
  at_ = std::min(text_.find_first_not_of(kSpaces, at_), text_.size());
  if (at_ == text_.size()) return {.kind = Token::Kind::kEnd, .offset = at_};
  const char c = text_[at_];
  const bool or_equal = text_.substr(at_ + 1).starts_with('=');
  switch (c) {
    case '(':
      return Sign(Token::Kind::kOpen);
    case ')':
      return Sign(Token::Kind::kClose);
    case ',':
      return Sign(Token::Kind::kComma);
    case '-':
      return Sign(Token::Kind::kMinus);
    case '=':
      if (or_equal) return Wrong(at_, 2, "expected a single =, found \"==\"");
      return Compare(Comparator::kEqual, 1);
    case ':':
      return Compare(Comparator::kHas, 1);
    case '<':
      return or_equal ? Compare(Comparator::kLessOrEqual, 2) : Compare(Comparator::kLess, 1);
    case '>':
      return or_equal ? Compare(Comparator::kGreaterOrEqual, 2) : Compare(Comparator::kGreater, 1);
    case '!':
      if (or_equal) return Compare(Comparator::kNotEqual, 2);
      return Wrong(at_, 1, "expected != or NOT, found \"!\"");
    case '"':
    case '\'':
      return String(c);
    default:
      if (IsWordCharacter(c)) return Word();
      const size_t size = std::min(CharacterSize(c), text_.size() - at_);
      return Wrong(at_, size,
                   "found " + Quote(text_.substr(at_, size)) + ", which is allowed only in quotes");
  }
}

Token Lexer::Sign(Token::Kind kind) {
  return {.kind = kind, .offset = at_++, .source = text_.substr(at_ - 1, 1)};
}

Token Lexer::Compare(Comparator comparator, size_t size) {
  at_ += size;
  return {.kind = Token::Kind::kComparator,
          .offset = at_ - size,
          .source = text_.substr(at_ - size, size),
          .comparator = comparator};
}

Token Lexer::Word() {
  Token word{.kind = Token::Kind::kWord, .offset = at_};
  while (at_ < text_.size() && IsWordCharacter(text_[at_])) {
    if (!Take(&word)) return word;
  }
  word.source = text_.substr(word.offset, at_ - word.offset);
  return word;
}

Token Lexer::String(char quote) {
  Token string{.kind = Token::Kind::kString, .offset = at_++};
  while (at_ < text_.size() && text_[at_] != quote) {
    if (!Take(&string)) return string;
  }
  if (at_ == text_.size()) {
    return Wrong(string.offset, 1, std::string("expected a closing ") + quote + ", found the end");
  }
  ++at_;
  string.source = text_.substr(string.offset, at_ - string.offset);
  return string;
}

bool Lexer::Take(Token* token) {
  if (token->wildcard) {
    *token = Wrong(at_ - 1, 1, "expected a * only at the end of the value; \\* in quotes is a literal *");
    return false;
  }
  if (text_[at_] == '*') {
    token->wildcard = true;
  } else if (text_[at_] == '\\') {
    const std::string_view escaped = text_.substr(at_ + 1, 1);
    if (escaped.empty() || kEscapable.find(escaped.front()) == std::string_view::npos) {
      *token = Wrong(at_, 1, "expected one of \\ \" ' * after the backslash");
      return false;
    }
    token->text += escaped;
    ++at_;
  } else {
    token->text += text_[at_];
  }
  ++at_;
  return true;
}

Token Lexer::Wrong(size_t offset, size_t size, std::string why) const {
  return {.kind = Token::Kind::kWrong,
          .offset = offset,
          .source = text_.substr(offset, size),
          .text = std::move(why)};
}

std::string Name(const Token& token) {
  return token.kind == Token::Kind::kEnd ? "the end" : Quote(token.source);
}

}  // namespace drawbridge
