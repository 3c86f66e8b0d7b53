#include "services/filter/parser.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "gateway/base/ascii.h"
#include "services/filter/lexer.h"

namespace drawbridge {
namespace {

constexpr char kMixed[] =
    "AND and OR at one level: OR binds tighter than AND here, the reverse of most languages; use "
    "parentheses, as in \"a AND (b OR c)\" or \"(a AND b) OR c\"";

bool IsKeyword(const Token& token, std::string_view word) {
  return token.kind == Token::Kind::kWord && token.source == word;
}
bool IsConnective(const Token& token) { return IsKeyword(token, "AND") || IsKeyword(token, "OR"); }
bool IsReserved(const Token& token) { return IsConnective(token) || IsKeyword(token, "NOT"); }

// A recursive descent parser. It keeps the first error; a function that finds one returns nullopt.
class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text), token_(lexer_.Next()) {}

  std::variant<Expression, FilterError> Parse() {
    auto expression = IsKeyword(token_, "*") ? All() : Sequence();
    if (expression.has_value() && token_.kind != Token::Kind::kEnd) {
      Expect(std::exchange(after_all_, false) ? "nothing after *, which matches every connection"
                                              : "AND, OR or the end");
    }
    if (error_.has_value()) return *std::move(error_);
    return *std::move(expression);
  }

 private:
  std::optional<Expression> All() {
    Expression all{.kind = Expression::Kind::kAll, .offset = token_.offset};
    after_all_ = true;
    Advance();
    return all;
  }

  std::optional<Expression> Sequence() {
    auto first = Term();
    if (!first.has_value() || !IsConnective(token_)) return first;
    const std::string connective(token_.source);
    Expression joined{.kind = connective == "AND" ? Expression::Kind::kAnd : Expression::Kind::kOr,
                      .offset = first->offset};
    joined.children.push_back(*std::move(first));
    while (IsConnective(token_)) {
      if (token_.source != connective) return Fail(token_.offset, kMixed);
      Advance();
      auto next = Term();
      if (!next.has_value()) return std::nullopt;
      joined.children.push_back(*std::move(next));
    }
    return joined;
  }

  std::optional<Expression> Term() {
    if (token_.kind != Token::Kind::kMinus && !IsKeyword(token_, "NOT")) return Simple();
    Expression negated{.kind = Expression::Kind::kNot, .offset = token_.offset};
    Advance();
    auto child = Simple();
    if (!child.has_value()) return std::nullopt;
    negated.children.push_back(*std::move(child));
    return negated;
  }

  std::optional<Expression> Simple() {
    if (token_.kind == Token::Kind::kOpen) return InParentheses();
    if (IsKeyword(token_, "*")) return Fail(token_.offset, "* must be the whole filter, not a part of it");
    if (token_.kind != Token::Kind::kWord || IsReserved(token_) || token_.wildcard) return Expect("a field");
    if (++terms_ > kMaxFilterTerms) {
      return Fail(token_.offset, fmt::format("expected at most {} terms, found more", kMaxFilterTerms));
    }
    const Token name = token_;
    Advance();
    return token_.kind == Token::Kind::kOpen ? Call(name) : Comparison(name);
  }

  std::optional<Expression> InParentheses() {
    if (++depth_ > kMaxFilterTerms) {
      return Fail(token_.offset,
                  fmt::format("expected at most {} nested parentheses, found more", kMaxFilterTerms));
    }
    Advance();
    auto inner = Sequence();
    if (!inner.has_value() || !Skip(Token::Kind::kClose, "AND, OR or )")) return std::nullopt;
    --depth_;
    return inner;
  }

  std::optional<Expression> Comparison(const Token& name) {
    if (token_.kind != Token::Kind::kComparator) return Expect("one of = != < <= > >= :");
    Expression comparison{.kind = Expression::Kind::kComparison,
                          .offset = name.offset,
                          .field = name.text,
                          .comparator = token_.comparator,
                          .comparator_offset = token_.offset};
    Advance();
    auto value = Value();
    if (!value.has_value()) return std::nullopt;
    comparison.argument = *std::move(value);
    return comparison;
  }

  std::optional<Expression> Call(const Token& name) {
    if (name.text != "cidr") return Fail(name.offset, "expected the function cidr, found " + Name(name));
    Advance();
    if (token_.kind != Token::Kind::kWord) return Expect("a field");
    Expression call{.kind = Expression::Kind::kCidr, .offset = token_.offset, .field = token_.text};
    Advance();
    if (!Skip(Token::Kind::kComma, "a comma")) return std::nullopt;
    auto network = Value();
    if (!network.has_value() || !Skip(Token::Kind::kClose, ")")) return std::nullopt;
    call.argument = *std::move(network);
    return call;
  }

  // A word, optionally with a - directly before it, or a string.
  std::optional<Argument> Value() {
    Argument value{.offset = token_.offset};
    if (token_.kind == Token::Kind::kMinus) {
      Advance();
      if (token_.kind != Token::Kind::kWord || token_.offset != value.offset + 1) return Expect("a value");
      value.text = "-";
    }
    const bool word = token_.kind == Token::Kind::kWord && !IsReserved(token_);
    if (!word && token_.kind != Token::Kind::kString) return Expect("a value");
    value.text += token_.text;
    value.wildcard = token_.wildcard;
    Advance();
    return value;
  }

  void Advance() { token_ = lexer_.Next(); }

  bool Skip(Token::Kind kind, std::string_view expected) {
    if (token_.kind != kind) {
      Expect(expected);
      return false;
    }
    Advance();
    return true;
  }

  std::nullopt_t Fail(size_t offset, std::string message) {
    if (!error_.has_value()) error_ = FilterError{.offset = offset, .message = std::move(message)};
    return std::nullopt;
  }

  std::nullopt_t Expect(std::string_view expected) {
    if (token_.kind == Token::Kind::kWrong) return Fail(token_.offset, token_.text);
    const std::string lower = ToLower(token_.source);
    const bool small = token_.kind == Token::Kind::kWord && !IsReserved(token_) &&
                       (lower == "and" || lower == "or" || lower == "not");
    return Fail(token_.offset, fmt::format("expected {}, found {}{}", expected, Name(token_),
                                           small ? " (AND, OR and NOT are written in capitals)" : ""));
  }

  Lexer lexer_;
  Token token_;
  size_t terms_ = 0;
  size_t depth_ = 0;
  bool after_all_ = false;
  std::optional<FilterError> error_;
};

}  // namespace

std::variant<Expression, FilterError> ParseFilter(std::string_view text) {
  if (text.size() > kMaxFilterBytes) {
    return FilterError{
        .offset = kMaxFilterBytes,
        .message = fmt::format("expected at most {} bytes, found {}", kMaxFilterBytes, text.size())};
  }
  return Parser(text).Parse();
}

}  // namespace drawbridge
