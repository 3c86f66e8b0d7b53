#include "tools/ctl/columns.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/ctl/describe.h"
#include "tools/ctl/human.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

namespace v1 = control::v1;
using v1::Connection;

SortKey Text(const std::string& text) { return text.empty() ? SortKey() : SortKey(text); }

template <typename Number>
SortKey NumberOf(Number number) {
  return SortKey(static_cast<double>(number));
}

// Seconds from `time` to `now`; nullopt if `began` is false.
SortKey Since(bool began, const google::protobuf::Timestamp& time, absl::Time now) {
  return began ? NumberOf(absl::ToDoubleSeconds(now - FromProto(time))) : SortKey();
}

// The same age as AgeText.
SortKey Age(const Connection& connection, absl::Time now) {
  const v1::Close& close = connection.close();
  return Since(connection.has_create_time(), connection.create_time(),
               close.has_close_time() ? FromProto(close.close_time()) : now);
}

Cell Bytes(uint64_t bytes) { return {HumanBytes(static_cast<double>(bytes))}; }

std::vector<ConnectionColumn> MakeColumns() {
  using C = const Connection&;
  using T = absl::Time;
  return {
      {"id",
       {"ID"},
       [](C c, T) { return Cell{c.connection_id()}; },
       [](C c, T) { return Text(c.connection_id()); }},
      {"state",
       {.title = "STATE", .rank = 1},
       [](C c, T) { return StateCell(c); },
       [](C c, T) { return NumberOf(c.state()); }},
      {"age", {.title = "AGE", .right = true}, [](C c, T now) { return Cell{AgeText(c, now)}; }, Age},
      {"idle",
       {.title = "IDLE", .right = true, .rank = 4},
       [](C c, T now) { return Cell{IdleText(c, now)}; },
       [](C c, T now) { return NumberOf(absl::ToDoubleSeconds(now - IdleSince(c))); }},
      {"address",
       {"ADDRESS"},
       [](C c, T) { return Cell{c.remote_address()}; },
       [](C c, T) { return Text(c.remote_address()); }},
      {"path",
       {.title = "PATH", .shrinks = true},
       [](C c, T) { return Cell{PathText(c)}; },
       [](C c, T) { return Text(c.path()); }},
      {"principal",
       {.title = "PRINCIPAL", .shrinks = true, .rank = 3},
       [](C c, T) { return Cell{c.principal()}; },
       [](C c, T) { return Text(c.principal()); }},
      {"labels",
       {.title = "LABELS", .shrinks = true, .rank = 5},
       [](C c, T) { return Cell{LabelsText(c)}; },
       [](C c, T) { return Text(LabelsText(c)); }},
      {"in",
       {.title = "IN", .right = true, .rank = 7},
       [](C c, T) { return Bytes(c.received_bytes()); },
       [](C c, T) { return NumberOf(c.received_bytes()); }},
      {"out",
       {.title = "OUT", .right = true, .rank = 8},
       [](C c, T) { return Bytes(c.sent_bytes()); },
       [](C c, T) { return NumberOf(c.sent_bytes()); }},
      {"queue",
       {.title = "QUEUE", .right = true, .rank = 6},
       [](C c, T) { return Bytes(c.send_queue_bytes()); },
       [](C c, T) { return NumberOf(c.send_queue_bytes()); }},
      {"rtt",
       {.title = "RTT", .right = true, .rank = 9},
       [](C c, T) { return Cell{RoundTripText(c)}; },
       [](C c, T) {
         return c.has_round_trip_time() ? NumberOf(absl::ToDoubleSeconds(FromProto(c.round_trip_time())))
                                        : SortKey();
       }},
      {"close",
       {.title = "CLOSE", .shrinks = true, .rank = 2},
       [](C c, T) { return Cell{CloseText(c)}; },
       [](C c, T) { return Text(c.close().cause()); }},
      {"agent",
       {.title = "USER AGENT", .shrinks = true, .rank = 10},
       [](C c, T) { return Cell{c.user_agent()}; },
       [](C c, T) { return Text(c.user_agent()); }},
      {"node", {"NODE"}, [](C c, T) { return Cell{c.node_id()}; }, [](C c, T) { return Text(c.node_id()); }},
      {"subprotocol",
       {.title = "SUBPROTOCOL", .shrinks = true},
       [](C c, T) { return Cell{c.subprotocol()}; },
       [](C c, T) { return Text(c.subprotocol()); }},
      {"origin",
       {.title = "ORIGIN", .shrinks = true},
       [](C c, T) { return Cell{c.origin()}; },
       [](C c, T) { return Text(c.origin()); }},
      {"tls",
       {"TLS"},
       [](C c, T) { return Cell{c.tls() ? "yes" : "no"}; },
       [](C c, T) { return NumberOf(c.tls()); }},
  };
}

// The default columns. The others are shown only if --columns names them.
constexpr std::array kShown{"id",     "state", "age", "idle",  "address", "path",  "principal",
                            "labels", "in",    "out", "queue", "rtt",     "close", "agent"};

}  // namespace

const std::vector<ConnectionColumn>& AllColumns() {
  static const auto& columns = *new std::vector<ConnectionColumn>(MakeColumns());
  return columns;
}

const ConnectionColumn* FindColumn(std::string_view name) {
  const auto found = std::ranges::find(AllColumns(), name, &ConnectionColumn::name);
  return found == AllColumns().end() ? nullptr : &*found;
}

std::string ColumnNames() {
  return absl::StrJoin(AllColumns(), ", ",
                       [](std::string* out, const ConnectionColumn& column) { out->append(column.name); });
}

std::vector<ConnectionColumn> DefaultColumns(bool show_closed) {
  std::vector<ConnectionColumn> columns;
  for (const std::string_view name : kShown) {
    if (name != "close" || show_closed) columns.push_back(*FindColumn(name));
  }
  return columns;
}

std::optional<std::vector<ConnectionColumn>> ParseColumns(std::string_view list) {
  std::vector<ConnectionColumn> columns;
  for (const auto name : absl::StrSplit(absl::string_view(list.data(), list.size()), ',')) {
    const ConnectionColumn* const found = FindColumn({name.data(), name.size()});
    if (found == nullptr) return std::nullopt;
    columns.push_back(*found);
    columns.back().column.rank = 0;
  }
  return columns;
}

bool Before(const ConnectionColumn& column, bool descending, absl::Time now, const Connection& a,
            const Connection& b) {
  const SortKey first = column.key(a, now);
  const SortKey second = column.key(b, now);
  if (!first.has_value() || !second.has_value()) return first.has_value() && !second.has_value();
  return descending ? *second < *first : *first < *second;
}

}  // namespace drawbridge::ctl
