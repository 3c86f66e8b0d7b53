// Chooses connections by what is known of them, in the language that docs/filter.md describes: a subset of
// AIP-160.
#ifndef DRAWBRIDGE_SERVICES_FILTER_FILTER_H_
#define DRAWBRIDGE_SERVICES_FILTER_FILTER_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/connections/connection.h"
#include "gateway/connections/index.h"
#include "services/filter/lookup.h"
#include "services/filter/predicate.h"

namespace drawbridge {

// Immutable: any thread. What it means:
//   =, !=         of text: all of it, case-sensitive; a value that ends with * is a prefix. a != b is NOT a =
//   b.
//   <, <=, >, >=  of text: byte by byte; of numbers, times and durations as one expects
//   :             of text: contains; FIELD:* is "not empty" or "set", labels:KEY "has the label"
// What is not set (a label that is missing, last_receive_time before the first byte, last_message_time before
// the first message, expire_time without an expiry, round_trip_time before the first pong) equals nothing and
// is in no order, so of the comparisons only != holds.
class Filter {
 public:
  // Every connection.
  Filter() = default;

  // The filter, or what is wrong with the text: "column 7: expected ..., found ...". An empty text is wrong.
  static std::variant<Filter, std::string> Parse(std::string_view text);

  // Never blocks, allocates nothing.
  bool Matches(const Connection& connection, const FilterContext& context) const {
    return predicate_.Holds(connection, context);
  }

  // The same filter in one manner of writing; it parses to the same one.
  const std::string& text() const { return text_; }

  // The name of a field that it asks and that changes without an event; empty where there is none.
  std::string_view MovingField() const;

  // Whether it is `*`.
  bool is_all() const { return predicate_.kind == Predicate::Kind::kTrue && !predicate_.negated; }

  // Whether it is true of every open connection, as far as the filter alone tells: `*`, `path = "/*"`,
  // `state = OPEN`, and joined with AND, OR and NOT.
  bool chooses_every_open() const { return predicate_.OfEveryOpen() == true; }

  // The key that exactly the matching connections have; nullopt where there is none.
  const std::optional<IndexKey>& exact_key() const { return exact_key_; }

  // Ways to find all that match without a look at each connection; empty where there is none.
  const std::vector<Lookup>& lookups() const { return lookups_; }

 private:
  std::string text_ = "*";
  Predicate predicate_;
  std::vector<Lookup> lookups_;
  std::optional<IndexKey> exact_key_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_FILTER_H_
