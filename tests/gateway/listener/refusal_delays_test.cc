// How long closes are held back.
#include "gateway/listener/refusal_delays.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace drawbridge {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

IpAddress Ip(const std::string& text) { return *IpAddress::Parse(text); }

TEST(RefusalDelaysTest, DoublesUpToHalfAMinute) {
  RefusalDelays delays;
  const SteadyTime now{};
  for (const int delay : {1, 2, 4, 8, 16, 30, 30})
    EXPECT_EQ(delays.Next(Ip("192.0.2.1"), now), seconds(delay));
  EXPECT_EQ(delays.Next(Ip("192.0.2.2"), now), seconds(1));
}

TEST(RefusalDelaysTest, ForgetsWhoStaysAway) {
  RefusalDelays delays;
  SteadyTime now{};
  delays.Next(Ip("192.0.2.1"), now);
  now += minutes(2);  // the delay of a second was within that time
  EXPECT_EQ(delays.Next(Ip("192.0.2.1"), now), seconds(2));
  now += seconds(2) + minutes(2);
  EXPECT_EQ(delays.Next(Ip("192.0.2.1"), now), seconds(1));
}

TEST(RefusalDelaysTest, AddressesOfOneIpv6NetworkCountAsOne) {
  RefusalDelays delays;
  delays.Next(Ip("2001:db8::1"), SteadyTime());
  EXPECT_EQ(delays.Next(Ip("2001:db8::2"), SteadyTime()), seconds(2));
  EXPECT_EQ(delays.Next(Ip("2001:db8:0:1::2"), SteadyTime()), seconds(1));
}

TEST(RefusalDelaysTest, AtTheBoundTheOldestBeginAnew) {
  RefusalDelays delays(2);
  delays.Next(Ip("192.0.2.1"), SteadyTime());
  delays.Next(Ip("192.0.2.2"), SteadyTime());
  delays.Next(Ip("192.0.2.3"), SteadyTime());
  EXPECT_EQ(delays.Next(Ip("192.0.2.3"), SteadyTime()), seconds(2));
  EXPECT_EQ(delays.Next(Ip("192.0.2.1"), SteadyTime()), seconds(1));
}

}  // namespace
}  // namespace drawbridge
