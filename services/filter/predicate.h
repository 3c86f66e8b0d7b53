// A filter ready to be asked about connections, many million times a second.
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

// What a filter is asked against besides the connection. `node_id` must outlive it.
struct FilterContext {
  FilterContext(std::string_view node, const Clock& clock)
      : node_id(node), steady(clock.Steady()), wall(clock.ToWall(steady)) {}

  WallTime ToWall(SteadyTime time) const { return wall - (steady - time); }

  std::string_view node_id;
  SteadyTime steady;  // now
  WallTime wall;      // the same moment
  // Where set, they count and not what the connection has now. A null pointer in it: no attributes.
  std::optional<ConnectionState> state = std::nullopt;
  std::optional<AttributesPointer> attributes = std::nullopt;
};

// A text against another: byte by byte, so that capitals matter.
struct TextMatch {
  enum class How : uint8_t { kCompare, kPrefix, kContains, kNotEmpty };
  bool Holds(std::string_view text) const;

  How how = How::kCompare;
  Comparator comparator = Comparator::kEqual;  // kCompare
  std::string value;
};

// The tests of one term. Each is asked on any thread, blocks on nothing and allocates nothing.
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
  bool any;  // whether there is one at all
  Comparator comparator = Comparator::kEqual;
  std::chrono::nanoseconds value{0};
};
// Never holds for a time that is not set.
struct TimeTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  Field field;
  bool any;  // whether it is set at all
  Comparator comparator = Comparator::kEqual;
  std::variant<WallTime, std::chrono::nanoseconds> value = WallTime();  // or so much after now
};
// Never holds for a connection without the label.
struct LabelTest {
  bool Holds(const Connection& connection, const FilterContext& context) const;
  std::string key;  // empty: whether there are any labels
  bool any;         // whether there is one at all
  TextMatch match = {};
};

// A tree of them. Immutable, any thread.
struct Predicate {
  enum class Kind : uint8_t { kTrue, kAnd, kOr, kTest };
  using Test = std::variant<TextTest, NetworkTest, BooleanTest, StateTest, NumberTest, RoundTripTest,
                            TimeTest, LabelTest>;

  bool Holds(const Connection& connection, const FilterContext& context) const;

  // A field that it asks and that changes without an event (gateway/connections/events.h): a counter, or a
  // time against now. nullopt: its answer changes with events alone.
  std::optional<Field> MovingField() const;

  // What it says of every open connection, as far as that follows from the fields alone: `connection_id:*` is
  // always true. nullopt: it depends on the connection.
  std::optional<bool> OfEveryOpen() const;

  Kind kind = Kind::kTrue;
  bool negated = false;
  std::vector<Predicate> children;  // kAnd, kOr
  std::optional<Test> test;         // kTest
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_PREDICATE_H_
