// Splits the text of a filter into words, quoted strings and symbols.
#ifndef DRAWBRIDGE_SERVICES_FILTER_LEXER_H_
#define DRAWBRIDGE_SERVICES_FILTER_LEXER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "services/filter/expression.h"

namespace drawbridge {

struct Token {
  enum class Kind {
    kEnd,
    kWord,    // letters, digits and _ - . / + @ %, not beginning with -
    kString,  // in ' or "
    kComparator,
    kMinus,
    kOpen,
    kClose,
    kComma,
    kWrong,  // `text` is the error message
  };
  Kind kind = Kind::kEnd;
  size_t offset = 0;
  std::string_view source;  // as written

  std::string text;       // of a word or string: without quotes, escapes and the wildcard
  bool wildcard = false;  // a word or string that ends with a `*`
  Comparator comparator = Comparator::kEqual;
};

// Not thread-safe. The text must outlive the lexer and its tokens.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // Returns kEnd on every call after the end is reached.
  Token Next();

 private:
  Token Sign(Token::Kind kind);
  Token Compare(Comparator comparator, size_t size);
  Token Word();
  Token String(char quote);
  // Appends one character of a word or string to `token`; false if it is not allowed there.
  bool Take(Token* token);
  Token Wrong(size_t offset, size_t size, std::string why) const;

  std::string_view text_;
  size_t at_ = 0;
};

// How an error message names a token.
std::string Name(const Token& token);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_LEXER_H_
