// Helpers that check by how much metrics grow, and the names of metrics.
#ifndef DRAWBRIDGE_TESTS_INTEGRATION_METRIC_GROWTH_H_
#define DRAWBRIDGE_TESTS_INTEGRATION_METRIC_GROWTH_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "tests/support/running_server.h"
#include "tests/support/scrape.h"

namespace drawbridge {

using Growth = std::map<std::string, double>;

// The growth between two scrapes, of the metrics that `wanted` names.
inline Growth GrowthOf(const Growth& before, const Growth& after, const Growth& wanted) {
  Growth growth;
  for (const auto& [name, by] : wanted) {
    const auto old = before.find(name);
    const auto now = after.find(name);
    growth[name] = (now == after.end() ? 0 : now->second) - (old == before.end() ? 0 : old->second);
  }
  return growth;
}

// Calls `act` and waits until the metrics have grown as wanted. Message counters are published with the next
// tick.
inline void ExpectGrowth(RunningServer& server, const std::function<void()>& act, const Growth& wanted) {
  const std::string& address = server.server().admin_address();
  const Growth before = Scrape(address);
  act();
  Growth growth;
  EXPECT_TRUE(WaitUntil([&] { return (growth = GrowthOf(before, Scrape(address), wanted)) == wanted; }))
      << "grown: " << ::testing::PrintToString(growth);
}

inline std::string Closed(const std::string& cause, const std::string& code) {
  return "drawbridge_connections_closed_total{cause=\"" + cause + "\",code=\"" + code + "\"}";
}
inline std::string Handshakes(const std::string& result) {
  return "drawbridge_handshakes_total{result=\"" + result + "\"}";
}
inline std::string Interrupts(const std::string& outcome) {
  return "drawbridge_interrupts_total{outcome=\"" + outcome + "\"}";
}
inline std::string Started(const std::string& method) {
  return "drawbridge_control_rpcs_started_total{method=\"" + method + "\"}";
}
inline std::string Handled(const std::string& method, const std::string& status) {
  return "drawbridge_control_rpcs_handled_total{method=\"" + method + "\",status=\"" + status + "\"}";
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_INTEGRATION_METRIC_GROWTH_H_
