// A compiled filter. It may be evaluated many million times a second.
#ifndef DRAWBRIDGE_SERVICES_FILTER_PREDICATE_H_
#define DRAWBRIDGE_SERVICES_FILTER_PREDICATE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/ip_address.h"
#include "gateway/connections/connection.h"
#include "services/filter/expression.h"
#include "services/filter/field.h"

namespace drawbridge {

// What a filter is evaluated against besides the connection. `node_id` must outlive it.
struct FilterContext {
  FilterContext(std::string_view node, const Clock& clock)
      : node_id(node), steady(clock.Steady()), wall(clock.ToWall(steady)) {}

  WallTime ToWall(SteadyTime time) const { return wall - (steady - time); }

  std::string_view node_id;
  SteadyTime steady;  // now
  WallTime wall;      // the same moment
  // If set, they replace the current values of the connection. A null `attributes` pointer means no
  // attributes.
  std::optional<ConnectionState> state = std::nullopt;
  std::optional<AttributesPointer> attributes = std::nullopt;
};

// Compares a text byte by byte, so case-sensitively.
struct TextMatch {
  enum class How : uint8_t { kCompare, kPrefix, kContains, kNotEmpty };
  bool Holds(std::string_view text) const;

  How how = How::kCompare;
  Comparator comparator = Comparator::kEqual;  // kCompare
  std::string value;
};

// The tests of single terms. They are thread-safe, never block and allocate nothing.
struct TextTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  Field field;
  TextMatch match;
};
struct NetworkTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  IpNetwork network;
};
struct BooleanTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  bool value;
};
struct StateTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  ConnectionState value;
};
struct NumberTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  Field field;
  Comparator comparator;
  uint64_t value;
};
// Never holds for a connection without a measured time.
struct RoundTripTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  bool any;  // tests only whether there is one
  Comparator comparator = Comparator::kEqual;
  std::chrono::nanoseconds value{0};
};
// Never holds for a time that is not set.
struct TimeTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  Field field;
  bool any;  // tests only whether it is set
  Comparator comparator = Comparator::kEqual;
  std::variant<WallTime, std::chrono::nanoseconds> value = WallTime();  // a duration is relative to now
};
// Never holds for a connection without the label.
struct LabelTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  std::string key;  // empty: tests whether there are any labels
  bool any;         // tests only whether there is one
  TextMatch match = {};
};

// A tree of tests. Immutable, so thread-safe.
struct Predicate {
  enum class Kind : uint8_t { kTrue, kAnd, kOr, kTest };
  using Test = std::variant<TextTest, NetworkTest, BooleanTest, StateTest, NumberTest, RoundTripTest,
                            TimeTest, LabelTest>;

  bool Holds(const Connection& connection, const FilterContext& context) const;

  // A tested field that changes without an event (gateway/connections/events.h): a counter, or a time that is
  // compared with now. nullopt: the result changes only with events.
  std::optional<Field> MovingField() const;

  // The result for every open connection, as far as it follows from the fields alone: `connection_id:*` is
  // always true. nullopt: it depends on the connection.
  std::optional<bool> OfEveryOpen() const;

  Kind kind = Kind::kTrue;
  bool negated = false;
  std::vector<Predicate> children;  // kAnd, kOr
  std::optional<Test> test;         // kTest
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_PREDICATE_H_
