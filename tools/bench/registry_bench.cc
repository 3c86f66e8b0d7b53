// Measures the registry without sockets: listing a page from a million entries, and adding and removing
// entries.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/registry.h"

namespace drawbridge {
namespace {

constexpr size_t kEntries = 1'000'000;
constexpr size_t kPage = 1000;
constexpr size_t kChurn = 1'000'000;

// CPU time of this thread in milliseconds, which does not depend on other load on the core.
double CpuTime() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double Time(const std::function<void()>& work) {
  const double begin = CpuTime();
  work();
  return CpuTime() - begin;
}

double Quantile(std::vector<double>& sorted, double q) {
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

// The facts of a typical browser connection.
ConnectionInfo Client() {
  return {
      .remote_address = "203.0.113.177:54321",
      .path = "/notifications/stream",
      .user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0",
      .origin = "https://app.example.com"};
}

int Main() {
  const SystemClock clock;
  Registry registry(NodeIdentity::Draw("bench"), {}, &clock);
  std::vector<Registration> registrations;
  registrations.reserve(kEntries);
  for (size_t i = 0; i < kEntries; ++i) registrations.push_back(registry.Add(Client()));

  std::vector<double> pages;
  size_t walked = 0;
  for (uint64_t after = 0;;) {
    std::vector<std::shared_ptr<Connection>> page;
    pages.push_back(Time([&] { page = registry.Page(after, kPage); }));
    walked += page.size();
    if (page.size() < kPage) break;
    after = page.back()->info().sequence;
  }
  if (walked != kEntries) {
    fmt::print(stderr, "registry_bench: a walk met {} of {} connections\n", walked, kEntries);
    return 1;
  }
  std::sort(pages.begin(), pages.end());

  // Each addition is a new client. Each removal is of a random client.
  uint64_t random = 88172645463325252;
  const double churn = Time([&] {
    for (size_t done = 0; done < kChurn; ++done) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      registrations[random % kEntries] = registry.Add(Client());
    }
  });
  fmt::print(
      "{{\"entries\": {}, \"page_ms_p50\": {:.3f}, \"page_ms_p99\": {:.3f}, "
      "\"pairs_of_add_and_remove_per_second\": "
      "{:.0f}}}\n",
      kEntries, Quantile(pages, 0.5), Quantile(pages, 0.99), kChurn / (churn / 1000));
  return 0;
}

}  // namespace
}  // namespace drawbridge

int main() { return drawbridge::Main(); }
