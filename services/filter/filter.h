// Selects connections by their fields, in the language of docs/filter.md, a subset of AIP-160.
#ifndef DRAWBRIDGE_SERVICES_FILTER_FILTER_H_
#define DRAWBRIDGE_SERVICES_FILTER_FILTER_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/connections/connection.h"
#include "gateway/connections/index.h"
#include "services/filter/expression.h"
#include "services/filter/lookup.h"
#include "services/filter/predicate.h"

namespace drawbridge {

// Immutable, so thread-safe. The comparators mean:
//   =, !=         text: the whole text, case-sensitive; a value that ends with * is a prefix.
//                 a != b is the same as NOT a = b.
//   <, <=, >, >=  text: byte by byte; numbers, times and durations: by value
//   :             text: contains; FIELD:* tests "not empty" or "set", labels:KEY "has the label"
// A value that is not set (a label that is missing, last_receive_time before the first byte,
// last_message_time before the first message, expire_time without an expiry, round_trip_time before the first
// pong) is equal to nothing and has no order, so of the comparisons only != holds.
class Filter {
 public:
  // Matches every connection.
  Filter() = default;

  // Returns the filter, or the error: "column 7: expected ..., found ...". An empty text is an error.
  static std::variant<Filter, std::string> Parse(std::string_view text);

  // The filter of this expression, which must be valid: its fields exist and have values of their types.
  static Filter Of(const Expression& expression);

  // Never blocks, allocates nothing.
  bool Matches(const Connection& connection, const FilterContext& context) const {
    return predicate_.Holds(connection, context);
  }

  // The filter in canonical form. It parses to the same filter.
  const std::string& text() const { return text_; }

  // The name of a field that the filter tests and that changes without an event; empty if there is none.
  std::string_view MovingField() const;

  // Whether it is `*`.
  bool is_all() const { return predicate_.kind == Predicate::Kind::kTrue && !predicate_.negated; }

  // Whether it matches every open connection, as far as the filter alone tells: `*`, `state = OPEN`,
  // `path = "/*"`, and combinations of these with AND, OR and NOT.
  bool chooses_every_open() const { return predicate_.OfEveryOpen() == true; }

  // The index key that exactly the matching connections have; nullopt if there is none.
  const std::optional<IndexKey>& exact_key() const { return exact_key_; }

  // Index lookups that each find all matching connections; empty if each connection must be examined.
  const std::vector<Lookup>& lookups() const { return lookups_; }

 private:
  Filter(const Expression& expression, Predicate predicate);

  std::string text_ = "*";
  Predicate predicate_;
  std::vector<Lookup> lookups_;
  std::optional<IndexKey> exact_key_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_FILTER_H_
