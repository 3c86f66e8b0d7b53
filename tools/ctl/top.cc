// `top`: shows a live table of the first connections by rate, round trip, queue or idle time.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tools/ctl/define.h"
#include "tools/ctl/describe.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/full_screen.h"
#include "tools/ctl/human.h"
#include "tools/ctl/output.h"
#include "tools/ctl/ranking.h"
#include "tools/ctl/table.h"
#include "tools/ctl/top_view.h"
#include "tools/ctl/walk.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  std::string filter;
  std::string by = "rate";
  int64_t limit = 20;
  int64_t count = 0;
  absl::Duration interval = absl::Seconds(2);
};

Order OrderOf(const std::string& by) {
  if (by == "rtt") return Order::kRtt;
  if (by == "queue") return Order::kQueue;
  return by == "idle" ? Order::kIdle : Order::kRate;
}

// The API has no rates, so they are fields next to the connection.
std::string ToJsonLine(const Ranked& row) {
  std::string connection = ctl::ToJsonLine(row.connection);
  connection.pop_back();
  return fmt::format(
      R"({{"connection":{},"received_messages_per_second":{:.3f},"received_bytes_per_second":{:.3f},)"
      R"("sent_messages_per_second":{:.3f},"sent_bytes_per_second":{:.3f}}})"
      "\n",
      connection, row.rates.received_messages, row.rates.received_bytes, row.rates.sent_messages,
      row.rates.sent_bytes);
}

// Repeats the walk. Each walk is compared with the previous one.
class Observer {
 public:
  Observer(const Flags& flags, ControlClient& client) : flags_(flags), client_(client) {}

  grpc::Status Look(TopPicture* picture) {
    Ranking ranking(OrderOf(flags_.by), static_cast<size_t>(flags_.limit), std::move(before_));
    grpc::Status status =
        Walk(client_, {.filter = flags_.filter}, [&ranking](const v1::ListConnectionsResponse& page) {
          const absl::Time now = absl::Now();
          for (const v1::Connection& connection : page.connections()) ranking.Add(connection, now);
        });
    if (!status.ok()) return status;
    *picture = {.time = absl::Now(),
                .by = flags_.by,
                .count = ranking.count(),
                .queued_bytes = ranking.queued_bytes(),
                .total = ranking.total(),
                .rows = ranking.Take()};
    before_ = ranking.TakeCounters();
    return status;
  }

 private:
  const Flags& flags_;
  ControlClient& client_;
  CountersById before_;
};

// Writes one JSON line per connection, or one table, for each interval.
ExitCode Write(const Flags& flags, Session& session) {
  Observer observer(flags, session.client);
  TopPicture picture;
  if (const grpc::Status status = observer.Look(&picture); !status.ok()) return Report(status);
  for (int64_t shown = 0; flags.count == 0 || shown < flags.count; ++shown) {
    absl::SleepFor(flags.interval);
    if (const grpc::Status status = observer.Look(&picture); !status.ok()) return Report(status);
    if (!session.json) {
      Print(Draw(picture, LookOf(STDOUT_FILENO)) + "\n");
      continue;
    }
    for (const Ranked& row : picture.rows) Print(ToJsonLine(row));
  }
  return ExitCode::kOk;
}

ExitCode Live(const Flags& flags, Session& session) {
  Observer observer(flags, session.client);
  TopPicture picture;
  grpc::Status status = observer.Look(&picture);
  if (!status.ok()) return Report(status);
  {
    FullScreen screen;
    screen.Draw(fmt::format("Measuring for {}; q quits\n", absl::FormatDuration(flags.interval)));
    int64_t shown = 0;
    absl::Time next = absl::Now() + flags.interval;
    while (flags.count == 0 || shown < flags.count) {
      const FullScreen::Event event = screen.Wait(next);
      if (event == FullScreen::Event::kQuit) break;
      if (event == FullScreen::Event::kTime) {
        status = observer.Look(&picture);
        if (!status.ok()) break;
        next = absl::Now() + flags.interval;
        ++shown;
      }
      if (shown > 0) screen.Draw(Fit(Draw(picture, LookOf(STDOUT_FILENO)), TerminalHeight(STDOUT_FILENO)));
    }
  }
  // After `screen` is destroyed, because the restored terminal would hide the message.
  return Report(status);
}

ExitCode Top(const Flags& flags, Session& session) {
  const bool live = !session.json && IsTerminal(STDIN_FILENO) && IsTerminal(STDOUT_FILENO);
  return live ? Live(flags, session) : Write(flags, session);
}

}  // namespace

void DefineTop(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* top =
      Subcommand(app, "top", "Show the connections with the highest rate, RTT, queue or idle time, live",
                 "  drawbridgectl top\n"
                 "  drawbridgectl top --by queue --filter 'send_queue_bytes > 0'\n"
                 "  drawbridgectl top --by rtt --count 1 > slow.txt\n"
                 "On a terminal it redraws until q or ^C. Rates cover the time between two refreshes.\n",
                 flags, Top, chosen);
  FilterFlag(*top, &flags->filter, "Only connections that match (docs/filter.md) [all]");
  ChoiceFlag(*top, "by", &flags->by,
             "Order: messages per second, round trip, queued bytes, time without a message [rate]",
             {"rate", "rtt", "queue", "idle"});
  NumberFlag(*top, "limit", &flags->limit, "Maximum number of connections [20]", 1, 1000);
  NumberFlag(*top, "count", &flags->count, "Exit after this many refreshes", 1, INT64_MAX);
  DurationFlag(*top, "interval", &flags->interval, "Time between two refreshes [2s]", absl::Milliseconds(100),
               absl::Hours(1));
}

}  // namespace drawbridge::ctl
