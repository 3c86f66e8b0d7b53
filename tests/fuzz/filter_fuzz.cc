// Filters from arbitrary bytes: an error with a column inside the text, or a filter that matches the same
// when it is formatted and parsed again, and whose index lookups miss no connection.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/ascii.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/registry.h"
#include "services/control/matches.h"
#include "services/filter/filter.h"
#include "tests/fuzz/chunks.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

// Some clients that the filters of the corpus match.
struct World {
  World() {
    Add({.remote_address = "10.1.2.3:5000", .principal = "alice", .path = "/chat", .tls = true});
    Add({.remote_address = "[2001:db8::7]:443", .principal = "bob", .user_agent = "Firefox"});
    Add({});
    boost::intrusive_ptr<Attributes> labels(new Attributes);
    labels->labels = {{"tier", "gold"}, {"a.b", ""}};
    labels->expire_time = clock.Wall() + std::chrono::seconds(60);
    registry.Update(*registrations[0].connection(), nullptr, labels);
    registrations[0].connection()->traffic().last_receive_time = clock.Steady();
    registrations[0].connection()->traffic().last_message_time = clock.Steady();
  }
  void Add(const ConnectionInfo& info) { registrations.push_back(registry.Add(info)); }

  ManualClock clock;
  Registry registry{NodeIdentity("node-a", "abcd1234"), {}, &clock};
  std::vector<Registration> registrations;
};

void CheckError(const std::string& error, std::string_view text) {
  constexpr std::string_view kBefore = "column ";
  const size_t colon = error.find(": ");
  if (!error.starts_with(kBefore) || colon == std::string::npos)
    Broken("an error without a column: " + error);
  const auto column =
      ParseNumber<size_t>(std::string_view(error).substr(kBefore.size(), colon - kBefore.size()));
  if (!column.has_value() || *column < 1 || *column > text.size() + 1)
    Broken("outside of the text: " + error);
  if (error.size() > 800) Broken("a long error: " + error);
}

auto Found(const World& world, const Filter& filter, bool use_index) {
  return Matches(world.registry, filter, world.clock, {.use_index = use_index}).Next(100);
}

void Run(std::string_view text) {
  static const World world;
  const auto parsed = Filter::Parse(text);
  if (const auto* error = std::get_if<std::string>(&parsed)) return CheckError(*error, text);
  const auto& filter = std::get<Filter>(parsed);
  const auto again = Filter::Parse(filter.text());
  // The formatted text may be longer than the parser allows.
  if (const auto* error = std::get_if<std::string>(&again)) {
    if (filter.text().size() <= 4096) Broken(filter.text() + "\nis refused: " + *error);
    return;
  }
  const auto& same = std::get<Filter>(again);
  if (same.text() != filter.text()) Broken(filter.text() + "\nbecomes\n" + same.text());
  const auto found = Found(world, filter, false);
  if (Found(world, same, false) != found) Broken("matches others when it is parsed again: " + filter.text());
  if (Found(world, filter, true) != found) Broken("the index finds others: " + filter.text());
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
