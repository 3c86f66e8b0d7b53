#include "services/filter/expression.h"

#include <fmt/format.h>

namespace drawbridge {
namespace {

bool IsJoined(const Expression& expression) {
  return expression.kind == Expression::Kind::kAnd || expression.kind == Expression::Kind::kOr;
}

std::string Quoted(const Argument& argument) {
  std::string quoted = "\"";
  for (const char c : argument.text) {
    if (c == '"' || c == '\\' || c == '*') quoted += '\\';
    quoted += c;
  }
  if (argument.wildcard) quoted += '*';
  return quoted + "\"";
}

std::string Child(const Expression& child) {
  const bool in_parentheses = IsJoined(child) || child.kind == Expression::Kind::kNot;
  return in_parentheses ? "(" + ToString(child) + ")" : ToString(child);
}

std::string Joined(const Expression& expression, std::string_view connective) {
  std::string joined;
  for (const Expression& child : expression.children) {
    if (!joined.empty()) joined += connective;
    joined += IsJoined(child) ? "(" + ToString(child) + ")" : ToString(child);
  }
  return joined;
}

std::string Comparison(const Expression& expression) {
  const std::string value = Quoted(expression.argument);
  if (expression.comparator != Comparator::kHas)
    return fmt::format("{} {} {}", expression.field, SymbolOf(expression.comparator), value);
  return fmt::format("{}:{}", expression.field, value == "\"*\"" ? "*" : value);
}

}  // namespace

std::string_view SymbolOf(Comparator comparator) {
  switch (comparator) {
    case Comparator::kEqual:
      return "=";
    case Comparator::kNotEqual:
      return "!=";
    case Comparator::kLess:
      return "<";
    case Comparator::kLessOrEqual:
      return "<=";
    case Comparator::kGreater:
      return ">";
    case Comparator::kGreaterOrEqual:
      return ">=";
    case Comparator::kHas:
      return ":";
  }
  return "";
}

std::string ToString(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::kAll:
      return "*";
    case Expression::Kind::kAnd:
      return Joined(expression, " AND ");
    case Expression::Kind::kOr:
      return Joined(expression, " OR ");
    case Expression::Kind::kNot:
      return "NOT " + Child(expression.children.front());
    case Expression::Kind::kComparison:
      return Comparison(expression);
    case Expression::Kind::kCidr:
      return fmt::format("cidr({}, {})", expression.field, Quoted(expression.argument));
  }
  return {};
}

}  // namespace drawbridge
