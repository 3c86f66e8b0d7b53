// Measures filters on a registry of a million entries without sockets: a full scan, lookups in the index,
// pages as ListConnections returns them, including their conversion, and the search of InterruptConnections.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/registry.h"
#include "services/control/bulk_interrupt.h"
#include "services/control/list.h"
#include "services/control/matches.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kEntries = 1'000'000;
constexpr size_t kStretch = 4096;  // as in ListConnections
constexpr int kRepeats = 5;
constexpr size_t kGets = 10'000;
constexpr int kCalls = 500;

// CPU time of this thread, in milliseconds, so that other processes do not distort the result.
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

double Quantile(std::vector<double> times, double q) {
  std::sort(times.begin(), times.end());
  return times[static_cast<size_t>(q * static_cast<double>(times.size() - 1))];
}

// Adds a connection with texts as long as those of real clients, so that some need memory outside of the
// object. One in a hundred has a label, and a thousand share a principal.
Registration Add(Registry& registry, size_t i) {
  const std::string address =
      fmt::format("10.{}.{}.{}:{}", i / 65536 % 256, i / 256 % 256, i % 256, 20000 + i % 40000);
  const std::string principal = fmt::format("user-{}", i % 1000);
  const std::string path = fmt::format("/rooms/{}", i % 5000);
  return registry.Add({.remote_address = address,
                       .principal = principal,
                       .path = path,
                       .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
                       .origin = "https://app.example"});
}

struct World {
  SystemClock clock;
  Registry registry{NodeIdentity::Draw("bench"), {}, &clock};
  std::vector<Registration> registrations;
  PageTokens tokens;

  World() {
    registrations.reserve(kEntries);
    for (size_t i = 0; i < kEntries; ++i) {
      registrations.push_back(Add(registry, i));
      const auto& connection = registrations.back().connection();
      connection->traffic().received_bytes.Set(i);
      if (i % 100 == 0) Label(*connection, i);
    }
    // Replaces half of the connections at random, so that their memory is fragmented as in a running process.
    uint64_t random = 88172645463325252;
    for (size_t i = 0; i < kEntries / 2; ++i) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      registrations[random % kEntries] = Add(registry, i);
    }
  }

  void Label(Connection& connection, size_t i) {
    boost::intrusive_ptr<Attributes> labels(new Attributes);
    labels->labels = {{"tier", i % 1000 == 0 ? "gold" : "silver"}, {"room", std::to_string(i)}};
    registry.Update(connection, nullptr, labels);
  }
};

// Prints millions of entries a second. Takes the best of several runs, since other processes use the machine.
void Scan(World& world, const std::string& text) {
  const auto filter = std::get<Filter>(Filter::Parse(text));
  size_t matched = 0;
  double best = 1e9;
  for (int i = 0; i < kRepeats; ++i) {
    matched = 0;
    best = std::min(best, Time([&] {
                      Matches matches(world.registry, filter, world.clock, {.use_index = false});
                      while (!matches.done()) matched += matches.Next(kStretch).size();
                    }));
  }
  fmt::print("{{\"scan\": {:?}, \"matched\": {}, \"million_entries_per_second\": {:.1f}}}\n", text, matched,
             kEntries / best / 1e3);
}

// The first page of a list, or with `walk` every page in turn.
void List(World& world, const std::string& filter, int page_size, bool walk) {
  v1::ListConnectionsRequest request;
  request.set_filter(filter);
  request.set_page_size(page_size);
  std::vector<double> times;
  int last_size = 0;
  for (int i = 0; i < kCalls; ++i) {
    v1::ListConnectionsResponse response;
    times.push_back(Time([&] {
      if (!ListConnections(world.registry, world.clock, world.tokens, request, &response).ok()) std::abort();
    }));
    last_size = response.connections_size();
    if (walk) request.set_page_token(response.next_page_token());
  }
  fmt::print("{{\"list\": {:?}, \"page_size\": {}, \"found\": {}, \"ms_p50\": {:.3f}, \"ms_p99\": {:.3f}}}\n",
             filter, page_size, last_size, Quantile(times, 0.5), Quantile(times, 0.99));
}

// Gets connections one after the other in random order.
void Get(World& world) {
  constexpr size_t kStep = 7919;
  std::vector<double> times;
  for (size_t i = 0; i < kGets; ++i) {
    v1::GetConnectionRequest request;
    request.set_connection_id(std::string(world.registrations[i * kStep % kEntries].connection()->info().id));
    v1::GetConnectionResponse response;
    times.push_back(Time([&] {
      if (!GetConnection(world.registry, world.clock, request, &response).ok()) std::abort();
    }));
  }
  fmt::print("{{\"get\": true, \"ms_p50\": {:.4f}, \"ms_p99\": {:.4f}}}\n", Quantile(times, 0.5),
             Quantile(times, 0.99));
}

// Finds the connections as InterruptConnections does before the first close, and measures the longest step,
// which delays other work on the same thread.
void FindForInterrupt(World& world, const std::string& filter) {
  v1::InterruptConnectionsRequest request;
  request.set_filter(filter);
  request.set_dry_run(true);
  std::vector<double> parts;
  double sum = 0;
  BulkInterruptOptions options;
  if (!ParseBulkInterrupt(request, &options).ok()) std::abort();
  BulkInterrupt run(world.registry, world.clock, std::move(options), 1, [] {});
  while (!run.done()) {
    parts.push_back(Time([&] { run.Work(); }));
    sum += parts.back();
  }
  fmt::print(
      "{{\"interrupt\": {:?}, \"matched\": {}, \"ms\": {:.0f}, \"part_ms_p50\": {:.2f}, "
      "\"part_ms_max\": {:.2f}}}\n",
      filter, run.Progress().matched_count(), sum, Quantile(parts, 0.5), Quantile(parts, 1));
}

int Main() {
  World world;
  Get(world);
  const std::string id(world.registrations[kEntries / 3].connection()->info().id);
  for (const std::string text :
       {"path = '/rooms/77'", "path = '/rooms/1*'", "user_agent:Chrome", "received_bytes > 900000",
        "cidr(remote_address, 10.3.0.0/16)", "labels.tier = gold", "last_receive_time < -30s",
        "tls = false AND state = OPEN AND path = '/rooms/1*' AND NOT user_agent:Firefox"}) {
    Scan(world, text);
  }
  List(world, "", 1000, true);
  List(world, "path = '/rooms/1*'", 1000, true);
  List(world, "user_agent:Chrome", 1000, true);
  List(world, "connection_id = " + id, 1000, false);
  List(world, "principal = user-77", 1000, false);
  List(world, "labels.tier = gold AND principal:user", 1000, false);
  for (const std::string filter : {"*", "user_agent:Chrome", "principal = user-77"})
    FindForInterrupt(world, filter);
  return 0;
}

}  // namespace
}  // namespace drawbridge

int main() try { return drawbridge::Main(); } catch (const std::exception& error) {
  fmt::print(stderr, "filter_bench: {}\n", error.what());
  return 1;
}
