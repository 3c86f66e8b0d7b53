#include "services/filter/time_value.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "gateway/base/ascii.h"

namespace drawbridge {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr nanoseconds kLongest = std::chrono::hours(24 * 365 * 100);

// Takes exactly `count` digits from the front of the text.
std::optional<int> TakeDigits(std::string_view* text, size_t count) {
  if (text->size() < count || !std::ranges::all_of(text->substr(0, count), IsDigit)) return std::nullopt;
  int value = 0;
  for (const char c : text->substr(0, count)) value = value * 10 + (c - '0');
  text->remove_prefix(count);
  return value;
}

bool TakeSign(std::string_view* text, char sign) {
  if (!text->starts_with(sign)) return false;
  text->remove_prefix(1);
  return true;
}

// Takes a time such as "12:30"; nullopt if a part is out of range.
std::optional<std::chrono::minutes> TakeHoursAndMinutes(std::string_view* text) {
  const auto hours = TakeDigits(text, 2);
  if (!hours.has_value() || *hours > 23 || !TakeSign(text, ':')) return std::nullopt;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes.has_value() || *minutes > 59) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

// Takes the digits after a decimal point, as billionths; nullopt if there is no digit.
std::optional<int64_t> TakeFraction(std::string_view* text) {
  int64_t billionths = 0;
  int64_t place = kNanosPerSecond / 10;
  const size_t digits = std::min(text->find_first_not_of("0123456789"), text->size());
  for (const char c : text->substr(0, digits)) {
    billionths += place * (c - '0');
    place /= 10;
  }
  text->remove_prefix(digits);
  return digits == 0 ? std::nullopt : std::optional(billionths);
}

std::optional<std::chrono::sys_days> TakeDate(std::string_view* text) {
  const auto year = TakeDigits(text, 4);
  if (!year.has_value() || !TakeSign(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month.has_value() || !TakeSign(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day.has_value()) return std::nullopt;
  const auto date = std::chrono::year(*year) / *month / *day;
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::minutes> TakeZone(std::string_view* text) {
  if (TakeSign(text, 'Z')) return std::chrono::minutes(0);
  const bool east = text->starts_with('+');
  if (!TakeSign(text, '+') && !TakeSign(text, '-')) return std::nullopt;
  const auto offset = TakeHoursAndMinutes(text);
  if (!offset.has_value()) return std::nullopt;
  return east ? *offset : -*offset;
}

WallTime Clamp(std::chrono::sys_seconds time, int64_t nanos) {
  const auto first = std::chrono::ceil<seconds>(WallTime::min());
  const auto last = std::chrono::floor<seconds>(WallTime::max());
  if (time < first) return WallTime::min();
  if (time >= last) return WallTime::max();
  return WallTime(time) + nanoseconds(nanos);
}

// Nanoseconds of a unit; 0 if it is unknown.
int64_t UnitOf(std::string_view word) {
  constexpr std::array kUnits = {std::pair{std::string_view("h"), 3600 * kNanosPerSecond},
                                 std::pair{std::string_view("m"), 60 * kNanosPerSecond},
                                 std::pair{std::string_view("s"), kNanosPerSecond},
                                 std::pair{std::string_view("ms"), int64_t{1'000'000}},
                                 std::pair{std::string_view("us"), int64_t{1'000}},
                                 std::pair{std::string_view("ns"), int64_t{1}}};
  for (const auto& [unit, nanos] : kUnits) {
    if (word == unit) return nanos;
  }
  return 0;
}

}  // namespace

std::optional<WallTime> ParseTime(std::string_view text) {
  const auto date = TakeDate(&text);
  if (!date.has_value() || !TakeSign(&text, 'T')) return std::nullopt;
  const auto minutes = TakeHoursAndMinutes(&text);
  if (!minutes.has_value() || !TakeSign(&text, ':')) return std::nullopt;
  const auto second = TakeDigits(&text, 2);
  if (!second.has_value() || *second > 59) return std::nullopt;
  std::optional<int64_t> nanos = 0;
  if (TakeSign(&text, '.')) nanos = TakeFraction(&text);
  if (!nanos.has_value()) return std::nullopt;
  const auto zone = TakeZone(&text);
  if (!zone.has_value() || !text.empty()) return std::nullopt;
  return Clamp(std::chrono::sys_seconds(*date) + *minutes + seconds(*second) - *zone, *nanos);
}

std::optional<nanoseconds> ParseDuration(std::string_view text) {
  const bool negative = TakeSign(&text, '-');
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto whole = ParseNumber<uint64_t>(text.substr(0, digits));
  if (!whole.has_value()) return std::nullopt;
  text.remove_prefix(digits);
  std::optional<int64_t> billionths = 0;
  if (TakeSign(&text, '.')) billionths = TakeFraction(&text);
  const int64_t unit = UnitOf(text);
  if (!billionths.has_value() || unit == 0) return std::nullopt;
  if (*whole > static_cast<uint64_t>(kLongest.count() / unit)) return std::nullopt;
  // A billionth of a unit below one second is less than a nanosecond. The product stays below 2^63 for all
  // units.
  const int64_t fraction =
      unit >= kNanosPerSecond ? *billionths * (unit / kNanosPerSecond) : *billionths * unit / kNanosPerSecond;
  const nanoseconds duration(static_cast<int64_t>(*whole) * unit + fraction);
  if (duration > kLongest) return std::nullopt;
  return negative ? -duration : duration;
}

}  // namespace drawbridge
