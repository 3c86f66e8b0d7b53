#include "services/filter/compiler.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/ascii.h"
#include "services/filter/time_value.h"

namespace drawbridge {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kLabelPrefix = "labels.";
constexpr std::array kStates = {std::pair{std::string_view("OPEN"), ConnectionState::kOpen},
                                std::pair{std::string_view("CLOSING"), ConnectionState::kClosing},
                                std::pair{std::string_view("CLOSED"), ConnectionState::kClosed}};

bool IsEquality(Comparator comparator) {
  return comparator == Comparator::kEqual || comparator == Comparator::kNotEqual;
}

// Maps != to =. Compile negates the test.
Comparator WithoutNot(Comparator comparator) {
  return comparator == Comparator::kNotEqual ? Comparator::kEqual : comparator;
}

std::optional<ConnectionState> StateOf(std::string_view name) {
  constexpr std::string_view kFullName = "CONNECTION_STATE_";
  if (name.starts_with(kFullName)) name.remove_prefix(kFullName.size());
  for (const auto& [word, state] : kStates) {
    if (name == word) return state;
  }
  return std::nullopt;
}

// Compiles one comparison. A function that finds an error passes it to Fail and returns nullopt.
class Comparison {
 public:
  explicit Comparison(const Expression& expression)
      : field_(expression.field),
        field_offset_(expression.offset),
        comparator_(expression.comparator),
        comparator_offset_(expression.comparator_offset),
        argument_(expression.argument),
        is_cidr_(expression.kind == Expression::Kind::kCidr) {}

  std::variant<Predicate, FilterError> Compile() {
    auto test = is_cidr_ ? Network() : Test();
    if (!test.has_value()) return *std::move(error_);
    return Predicate{.kind = Predicate::Kind::kTest,
                     .negated = !is_cidr_ && comparator_ == Comparator::kNotEqual,
                     .test = std::move(test)};
  }

 private:
  using MaybeTest = std::optional<Predicate::Test>;

  MaybeTest Test() {
    if (field_.starts_with(kLabelPrefix)) return Label(field_.substr(kLabelPrefix.size()));
    const FieldInfo* info = FindField(field_);
    if (info == nullptr) {
      return Fail(field_offset_,
                  fmt::format("expected a field, found {}; the fields are {}", Quote(field_), FieldNames()));
    }
    switch (info->type) {
      case FieldType::kText:
        return Text(info->field);
      case FieldType::kAddress:
        return Address();
      case FieldType::kBoolean:
        return Boolean();
      case FieldType::kState:
        return State();
      case FieldType::kLabels:
        return Labels();
      case FieldType::kTime:
        return Time(info->field);
      case FieldType::kNumber:
        return Number(info->field);
      case FieldType::kDuration:
        return RoundTrip();
    }
    return std::nullopt;
  }

  MaybeTest Text(Field field) {
    // It would never match, since each remote_address has a port. Suggest remote_ip.
    if (field == Field::kRemoteAddress && IsEquality(comparator_) && !argument_.wildcard &&
        IpAddress::Parse(argument_.text).has_value())
      return ExpectValue("an address with its port; remote_ip is the address alone");
    auto match = Match();
    if (!match.has_value()) return std::nullopt;
    return TextTest{.field = field, .match = *std::move(match)};
  }

  MaybeTest Label(std::string key) {
    if (!CheckKey(key, field_offset_ + kLabelPrefix.size())) return std::nullopt;
    if (IsPresence()) return LabelTest{.key = std::move(key), .any = true};
    auto match = Match();
    if (!match.has_value()) return std::nullopt;
    return LabelTest{.key = std::move(key), .any = false, .match = *std::move(match)};
  }

  // Compares remote_ip as an address, so that the notation of an IPv6 address does not matter.
  MaybeTest Address() {
    if (!IsEquality(comparator_)) {
      return Fail(comparator_offset_,
                  fmt::format("expected = or !=, found \"{}\"; cidr({}, \"10.0.0.0/8\") is a range",
                              SymbolOf(comparator_), field_));
    }
    if (argument_.wildcard || !IpAddress::Parse(argument_.text).has_value()) {
      return ExpectValue(
          fmt::format("an address without a port; cidr({}, \"10.0.0.0/8\") is a range", field_));
    }
    return NetworkTest{.network = *IpNetwork::Parse(argument_.text)};
  }

  // `labels:KEY`, `labels:*`.
  MaybeTest Labels() {
    if (comparator_ != Comparator::kHas) return Fail(comparator_offset_, "expected labels:KEY or labels.KEY");
    if (IsPresence()) return LabelTest{.key = {}, .any = true};
    if (argument_.wildcard) return ExpectValue("the whole key of a label");
    if (!CheckKey(argument_.text, argument_.offset)) return std::nullopt;
    return LabelTest{.key = argument_.text, .any = true};
  }

  bool CheckKey(const std::string& key, size_t offset) {
    if (IsLabelKey(key)) return true;
    Fail(offset, fmt::format("expected the key of a label, 1 to 63 of [a-z0-9_.-], found {}", Quote(key)));
    return false;
  }

  // How a text or the value of a label is matched.
  std::optional<TextMatch> Match() {
    const bool any = argument_.wildcard && argument_.text.empty();
    if (comparator_ == Comparator::kHas) {
      if (any) return TextMatch{.how = TextMatch::How::kNotEmpty};
      if (argument_.wildcard) return ExpectValue("no * after :, which searches the whole text");
      if (argument_.text.empty()) return ExpectValue("a text that is not empty");
      return TextMatch{.how = TextMatch::How::kContains, .value = argument_.text};
    }
    if (!argument_.wildcard) return TextMatch{.comparator = WithoutNot(comparator_), .value = argument_.text};
    if (any) return ExpectValue(fmt::format("a text before the *; {}:* tests whether it is set", field_));
    if (!IsEquality(comparator_)) return ExpectValue("no * after <, <=, > or >=");
    return TextMatch{.how = TextMatch::How::kPrefix, .value = argument_.text};
  }

  MaybeTest Boolean() {
    if (!CheckEquality()) return std::nullopt;
    if (argument_.wildcard || (argument_.text != "true" && argument_.text != "false"))
      return ExpectValue("true or false");
    return BooleanTest{.value = argument_.text == "true"};
  }

  MaybeTest State() {
    if (!CheckEquality()) return std::nullopt;
    const auto state = StateOf(argument_.text);
    if (argument_.wildcard || !state.has_value()) return ExpectValue("OPEN, CLOSING or CLOSED");
    return StateTest{.value = *state};
  }

  MaybeTest Number(Field field) {
    if (comparator_ == Comparator::kHas) return Fail(comparator_offset_, "expected one of = != < <= > >=");
    const auto number = ParseNumber<uint64_t>(argument_.text);
    if (argument_.wildcard || !number.has_value()) return ExpectValue("a number of at most 64 bits");
    return NumberTest{.field = field, .comparator = WithoutNot(comparator_), .value = *number};
  }

  MaybeTest RoundTrip() {
    if (IsPresence()) return RoundTripTest{.any = true};
    if (!CheckOrder()) return std::nullopt;
    const auto duration = ParseDuration(argument_.text);
    if (argument_.wildcard || !duration.has_value() || *duration < nanoseconds(0))
      return ExpectValue("a duration such as 20ms");
    return RoundTripTest{.any = false, .comparator = WithoutNot(comparator_), .value = *duration};
  }

  MaybeTest Time(Field field) {
    if (IsPresence()) return TimeTest{.field = field, .any = true};
    if (!CheckOrder()) return std::nullopt;
    TimeTest test{.field = field, .any = false, .comparator = WithoutNot(comparator_)};
    // Without the minus sign `last_receive_time < 30s` would match every connection. Only an expiry may be in
    // the future.
    const auto duration = ParseDuration(argument_.text);
    const bool may_be_ahead = field == Field::kExpireTime;
    if (duration.has_value() && (may_be_ahead || argument_.text.starts_with('-'))) {
      test.value = *duration;
    } else if (const auto time = ParseTime(argument_.text)) {
      test.value = *time;
    } else {
      return ExpectValue(may_be_ahead ? "a time as in RFC 3339, or a duration from now such as -30s or 5m"
                                      : "a time as in RFC 3339, or a duration ago such as -30s");
    }
    if (argument_.wildcard) return ExpectValue("a time without a *");
    return test;
  }

  MaybeTest Network() {
    if (field_ != "remote_address" && field_ != "remote_ip")
      return Fail(field_offset_, "expected remote_ip or remote_address, found " + Quote(field_));
    const auto network = IpNetwork::Parse(argument_.text);
    if (argument_.wildcard || !network.has_value())
      return ExpectValue("an address or a range such as 10.0.0.0/8, without bits after its prefix");
    return NetworkTest{.network = *network};
  }

  bool IsPresence() const {
    return comparator_ == Comparator::kHas && argument_.wildcard && argument_.text.empty();
  }

  bool CheckEquality() {
    if (IsEquality(comparator_)) return true;
    Fail(comparator_offset_, fmt::format("expected = or !=, found \"{}\"", SymbolOf(comparator_)));
    return false;
  }

  bool CheckOrder() {
    if (comparator_ != Comparator::kHas) return true;
    Fail(comparator_offset_, fmt::format("expected one of = != < <= > >=, or {}:*", field_));
    return false;
  }

  std::nullopt_t ExpectValue(const std::string& expected) {
    const std::string found = argument_.text + (argument_.wildcard ? "*" : "");
    return Fail(argument_.offset, fmt::format("expected {}, found {}", expected, Quote(found)));
  }

  std::nullopt_t Fail(size_t offset, std::string message) {
    error_ = FilterError{.offset = offset, .message = std::move(message)};
    return std::nullopt;
  }

  const std::string& field_;
  const size_t field_offset_;
  const Comparator comparator_;
  const size_t comparator_offset_;
  const Argument& argument_;
  const bool is_cidr_;
  std::optional<FilterError> error_;
};

}  // namespace

std::variant<Predicate, FilterError> CompileFilter(const Expression& expression) {
  Predicate predicate;
  switch (expression.kind) {
    case Expression::Kind::kAll:
      return predicate;
    case Expression::Kind::kComparison:
    case Expression::Kind::kCidr:
      return Comparison(expression).Compile();
    case Expression::Kind::kNot: {
      auto child = CompileFilter(expression.children.front());
      if (auto* negated = std::get_if<Predicate>(&child)) negated->negated = !negated->negated;
      return child;
    }
    case Expression::Kind::kAnd:
    case Expression::Kind::kOr:
      predicate.kind =
          expression.kind == Expression::Kind::kAnd ? Predicate::Kind::kAnd : Predicate::Kind::kOr;
      for (const Expression& each : expression.children) {
        auto child = CompileFilter(each);
        if (auto* error = std::get_if<FilterError>(&child)) return std::move(*error);
        predicate.children.push_back(std::get<Predicate>(std::move(child)));
      }
      return predicate;
  }
  return predicate;
}

}  // namespace drawbridge
