// `watch`: shows connections as they open, change and end.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>

#include "tools/ctl/define.h"
#include "tools/ctl/describe.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/follow.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/terminal.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  FollowOptions follow;
  int64_t limit = 0;
};

struct Word {
  std::string text;
  Style style = Style::kPlain;
};

Word WordOf(const v1::WatchConnectionsResponse& event) {
  switch (event.type()) {
    case v1::CONNECTION_EVENT_TYPE_OPENED:
      return event.snapshot() ? Word{"is here", Style::kDim} : Word{"opened", Style::kGood};
    case v1::CONNECTION_EVENT_TYPE_UPDATED:
      return {event.connection().state() == v1::CONNECTION_STATE_CLOSING ? "closing" : "updated",
              Style::kWarning};
    case v1::CONNECTION_EVENT_TYPE_CLOSED:
      // A connection that is still open no longer matches the filter.
      return {event.connection().state() == v1::CONNECTION_STATE_OPEN ? "left" : "closed", Style::kBad};
    case v1::CONNECTION_EVENT_TYPE_NODE_LOST:
      return {"lost", Style::kBad};
    default:
      return {"event " + std::to_string(event.type())};
  }
}

std::string Describe(const v1::WatchConnectionsResponse& event, const Look& look) {
  const Word word = WordOf(event);
  const v1::Connection& connection = event.connection();
  std::string rest =
      connection.connection_id().empty() ? "node " + event.node_id() : connection.connection_id();
  for (const std::string& fact : {connection.remote_address(), PathText(connection), connection.principal(),
                                  LabelsText(connection), CloseText(connection)}) {
    if (!fact.empty()) rest += "  " + fact;
  }
  const std::string begin = absl::FormatTime("%H:%M:%E3S", absl::Now(), absl::LocalTimeZone());
  const std::string padded = fmt::format("{:<8}", word.text);
  rest = Printable(rest);
  const size_t used = begin.size() + padded.size() + 3;
  if (look.width > used) rest = Shorten(rest, look.width - used);
  return begin + "  " + (look.colour ? Styled(padded, word.style) : padded) + " " + rest + "\n";
}

ExitCode Watch(const Flags& flags, Session& session) {
  int64_t shown = 0;
  const auto visit = [&](const v1::WatchConnectionsResponse& event) {
    if (session.json) {
      Print(ToJsonLine(event));
    } else if (event.type() == v1::CONNECTION_EVENT_TYPE_BOOKMARK) {
      return true;  // only carries a resume token
    } else {
      Print(Describe(event, LookOf(STDOUT_FILENO)));
    }
    return ++shown != flags.limit;
  };
  return Report(Follow(session.client, flags.follow, visit, Complain));
}

}  // namespace

void DefineWatch(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* watch = Subcommand(app, "watch", "Show the open connections, then those that open, change or end",
                               "  drawbridgectl watch\n"
                               "  drawbridgectl watch --skip_snapshot --filter 'labels.user = \"alice\"'\n"
                               "  drawbridgectl watch -o json | jq -c '[.type, .connection.connection_id]'\n",
                               flags, Watch, chosen);
  FilterFlag(*watch, &flags->follow.filter, "Only connections that match (docs/filter.md) [all]");
  watch->add_flag("--skip_snapshot", flags->follow.skip_snapshot, "Do not show the open connections first");
  NumberFlag(*watch, "limit", &flags->limit, "Exit after this many events", 1, INT64_MAX);
  DurationFlag(*watch, "retry_for", &flags->follow.retry_for,
               "How long to keep trying to resume after the gateway is lost [5m]", absl::ZeroDuration(),
               absl::InfiniteDuration());
}

}  // namespace drawbridge::ctl
