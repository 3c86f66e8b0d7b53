#include "services/filter/predicate.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string_view>

#include "services/filter/field_text.h"

namespace drawbridge {
namespace {

template <typename Value>
bool Compare(const Value& left, Comparator comparator, const Value& right) {
  switch (comparator) {
    case Comparator::kEqual:
      return left == right;
    case Comparator::kNotEqual:
      return left != right;
    case Comparator::kLess:
      return left < right;
    case Comparator::kLessOrEqual:
      return left <= right;
    case Comparator::kGreater:
      return left > right;
    case Comparator::kGreaterOrEqual:
      return left >= right;
    case Comparator::kHas:
      break;
  }
  return false;
}

uint64_t NumberOf(Field field, const Connection::Traffic& traffic) {
  switch (field) {
    case Field::kReceivedMessages:
      return traffic.received_messages.Get();
    case Field::kReceivedBytes:
      return traffic.received_bytes.Get();
    case Field::kSentMessages:
      return traffic.sent_messages.Get();
    case Field::kSentBytes:
      return traffic.sent_bytes.Get();
    case Field::kSendQueueMessages:
      return traffic.send_queue_messages.Get();
    case Field::kSendQueueBytes:
      return traffic.send_queue_bytes.Get();
    default:
      return 0;
  }
}

AttributesPointer AttributesOf(const Connection& connection, const FilterContext& context) {
  return context.attributes.has_value() ? *context.attributes : connection.attributes();
}

std::optional<WallTime> IfSet(const std::atomic<SteadyTime>& stored, const FilterContext& context) {
  const SteadyTime time = stored.load(std::memory_order_relaxed);
  return time == SteadyTime() ? std::nullopt : std::optional(context.ToWall(time));
}

std::optional<WallTime> TimeOf(Field field, const Connection& connection, const FilterContext& context) {
  if (field == Field::kCreateTime) return connection.info().create_wall_time;
  const Connection::Traffic& traffic = connection.traffic();
  if (field == Field::kLastReceiveTime) return IfSet(traffic.last_receive_time, context);
  if (field == Field::kLastMessageTime) return IfSet(traffic.last_message_time, context);
  const auto attributes = AttributesOf(connection, context);
  return attributes == nullptr ? std::nullopt : attributes->expire_time;
}

std::optional<Field> MovingFieldOf(const NumberTest& test) { return test.field; }
std::optional<Field> MovingFieldOf(const RoundTripTest&) { return Field::kRoundTripTime; }
std::optional<Field> MovingFieldOf(const TimeTest& test) {
  const bool against_now = !test.any && std::holds_alternative<std::chrono::nanoseconds>(test.value);
  const bool moves = test.field == Field::kLastReceiveTime || test.field == Field::kLastMessageTime;
  return moves || against_now ? std::optional(test.field) : std::nullopt;
}
template <typename Test>
std::optional<Field> MovingFieldOf(const Test&) {
  return std::nullopt;
}

}  // namespace

bool TextMatch::Holds(std::string_view text) const {
  switch (how) {
    case How::kCompare:
      return Compare<std::string_view>(text, comparator, value);
    case How::kPrefix:
      return text.starts_with(value);
    case How::kContains:
      return text.find(value) != std::string_view::npos;
    case How::kNotEmpty:
      return !text.empty();
  }
  return false;
}

bool TextTest::Holds(const Connection& connection, const FilterContext& context) const {
  if (field != Field::kTokenId) return match.Holds(TextOf(field, connection.info(), context.node_id));
  const auto attributes = AttributesOf(connection, context);
  return match.Holds(attributes == nullptr ? std::string_view() : attributes->token_id);
}

bool NetworkTest::Holds(const Connection& connection, const FilterContext& context) const {
  const auto address = IpAddress::Parse(TextOf(Field::kRemoteIp, connection.info(), context.node_id));
  return address.has_value() && network.Contains(*address);
}

bool BooleanTest::Holds(const Connection& connection, const FilterContext&) const {
  return connection.info().tls == value;
}

bool StateTest::Holds(const Connection& connection, const FilterContext& context) const {
  return context.state.value_or(connection.state()) == value;
}

bool NumberTest::Holds(const Connection& connection, const FilterContext&) const {
  return Compare(NumberOf(field, connection.traffic()), comparator, value);
}

bool RoundTripTest::Holds(const Connection& connection, const FilterContext&) const {
  const uint64_t nanos = connection.traffic().round_trip_nanoseconds.Get();
  return nanos != 0 && (any || Compare(std::chrono::nanoseconds(nanos), comparator, value));
}

bool TimeTest::Holds(const Connection& connection, const FilterContext& context) const {
  const auto time = TimeOf(field, connection, context);
  if (!time.has_value() || any) return time.has_value();
  const auto* const after_now = std::get_if<std::chrono::nanoseconds>(&value);
  return Compare(*time, comparator,
                 after_now == nullptr ? std::get<WallTime>(value) : context.wall + *after_now);
}

bool LabelTest::Holds(const Connection& connection, const FilterContext& context) const {
  const auto attributes = AttributesOf(connection, context);
  if (attributes == nullptr) return false;
  if (key.empty()) return !attributes->labels.empty();
  const auto found = attributes->labels.find(key);
  return found != attributes->labels.end() && (any || match.Holds(found->second));
}

bool Predicate::Holds(const Connection& connection, const FilterContext& context) const {
  const auto holds = [&](const Predicate& child) { return child.Holds(connection, context); };
  switch (kind) {
    case Kind::kTrue:
      return !negated;
    case Kind::kAnd:
      return std::ranges::all_of(children, holds) != negated;
    case Kind::kOr:
      return std::ranges::any_of(children, holds) != negated;
    case Kind::kTest:
      return std::visit([&](const auto& each) { return each.Holds(connection, context); }, *test) != negated;
  }
  return false;
}

std::optional<Field> Predicate::MovingField() const {
  if (kind == Kind::kTest) return std::visit([](const auto& each) { return MovingFieldOf(each); }, *test);
  for (const Predicate& child : children) {
    if (const auto field = child.MovingField(); field.has_value()) return field;
  }
  return std::nullopt;
}

}  // namespace drawbridge
