// Which filters are true of every open connection whatever it is.
#include <algorithm>
#include <optional>

#include "services/filter/predicate.h"

namespace drawbridge {
namespace {

// No connection is without one, and each path begins with a slash (RFC 6455, section 3).
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

// One that is closing is ended already.
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

// Of AND, `decisive` is false; of OR, true: one child decides, or else all must be known.
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
