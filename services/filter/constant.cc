// Determines which filters match every open connection.
#include <algorithm>
#include <optional>

#include "services/filter/predicate.h"

namespace drawbridge {
namespace {

// Whether every connection has a value for the field. Each path begins with a slash (RFC 6455, section 3).
bool IsAlwaysSet(Field field) {
  return field == Field::kConnectionId || field == Field::kNodeId || field == Field::kRemoteAddress ||
         field == Field::kPath;
}

std::optional<bool> OfEveryOpen(const TextTest& test) {
  if (!IsAlwaysSet(test.field)) return std::nullopt;
  const TextMatch& match = test.match;
  const bool is_slash = test.field == Field::kPath && match.value == "/";
  switch (match.how) {
    case TextMatch::How::kNotEmpty:
      return true;
    case TextMatch::How::kPrefix:
    case TextMatch::How::kContains:
      return is_slash ? std::optional(true) : std::nullopt;
    case TextMatch::How::kCompare:
      if (match.value.empty() && match.comparator == Comparator::kEqual) return false;
      if (match.comparator == Comparator::kGreaterOrEqual && (match.value.empty() || is_slash)) return true;
      return match.comparator == Comparator::kGreater && match.value.empty() ? std::optional(true)
                                                                             : std::nullopt;
  }
  return std::nullopt;
}

// A closing connection does not count as open.
std::optional<bool> OfEveryOpen(const StateTest& test) { return test.value == ConnectionState::kOpen; }

std::optional<bool> OfEveryOpen(const NumberTest& test) {
  if (test.value != 0) return std::nullopt;
  if (test.comparator == Comparator::kGreaterOrEqual) return true;
  return test.comparator == Comparator::kLess ? std::optional(false) : std::nullopt;
}

std::optional<bool> OfEveryOpen(const TimeTest& test) {
  return test.any && test.field == Field::kCreateTime ? std::optional(true) : std::nullopt;
}

template <typename Test>
std::optional<bool> OfEveryOpen(const Test&) {
  return std::nullopt;
}

// `decisive` is false for AND and true for OR: one child with this value determines the result. Otherwise the
// result is known only if that of each child is.
std::optional<bool> OfChildren(const std::vector<Predicate>& children, bool decisive) {
  bool all_known = true;
  for (const Predicate& child : children) {
    const auto known = child.OfEveryOpen();
    if (known == decisive) return decisive;
    all_known = all_known && known.has_value();
  }
  return all_known ? std::optional(!decisive) : std::nullopt;
}

}  // namespace

std::optional<bool> Predicate::OfEveryOpen() const {
  std::optional<bool> holds;
  switch (kind) {
    case Kind::kTrue:
      holds = true;
      break;
    case Kind::kAnd:
      holds = OfChildren(children, false);
      break;
    case Kind::kOr:
      holds = OfChildren(children, true);
      break;
    case Kind::kTest:
      holds = std::visit([](const auto& each) { return drawbridge::OfEveryOpen(each); }, *test);
      break;
  }
  return holds.has_value() ? std::optional(*holds != negated) : std::nullopt;
}

}  // namespace drawbridge
