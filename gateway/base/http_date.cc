#include "gateway/base/http_date.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace drawbridge {
namespace {

constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string Format(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays.at(std::chrono::weekday(day).c_encoding()), unsigned{date.day()},
                     kMonths.at(unsigned{date.month()} - 1), int{date.year()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string_view HttpDate(WallTime now) {
  thread_local std::optional<std::chrono::sys_seconds> formatted;
  thread_local std::string text;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (formatted != second) {
    text = Format(second);
    formatted = second;
  }
  return text;
}

}  // namespace drawbridge
