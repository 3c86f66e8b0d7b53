#include "tools/ctl/top_view.h"

#include <fmt/format.h>

#include "tools/ctl/describe.h"
#include "tools/ctl/human.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {

std::string Draw(const TopPicture& picture, const Look& look) {
  std::string first =
      fmt::format("{}  {}, in {} msg/s {}B/s, out {} msg/s {}B/s, {}B queued, by {}",
                  absl::FormatTime("%H:%M:%S", picture.time, absl::LocalTimeZone()),
                  Count(static_cast<int64_t>(picture.count), "connection"),
                  HumanRate(picture.total.received_messages), HumanBytes(picture.total.received_bytes),
                  HumanRate(picture.total.sent_messages), HumanBytes(picture.total.sent_bytes),
                  HumanBytes(static_cast<double>(picture.queued_bytes)), picture.by);
  if (look.width > 0) first = Shorten(first, look.width);
  // The column that the table is ordered by is always shown.
  const auto rank = [&picture](int otherwise, const char* by) { return picture.by == by ? 0 : otherwise; };
  Table table({{"ID"},
               {.title = "AGE", .right = true, .rank = 4},
               {.title = "IN/S", .right = true, .rank = rank(2, "rate")},
               {.title = "OUT/S", .right = true, .rank = rank(2, "rate")},
               {.title = "IN B/S", .right = true, .rank = 7},
               {.title = "OUT B/S", .right = true, .rank = 7},
               {.title = "QUEUE", .right = true, .rank = rank(3, "queue")},
               {.title = "RTT", .right = true, .rank = rank(5, "rtt")},
               {.title = "ADDRESS", .rank = 1},
               {.title = "PATH", .shrinks = true},
               {.title = "LABELS", .shrinks = true, .rank = 6}},
              look);
  for (const Ranked& row : picture.rows) {
    const control::v1::Connection& connection = row.connection;
    table.Add({{connection.connection_id()},
               {AgeText(connection, picture.time)},
               {HumanRate(row.rates.received_messages)},
               {HumanRate(row.rates.sent_messages)},
               {HumanBytes(row.rates.received_bytes)},
               {HumanBytes(row.rates.sent_bytes)},
               {HumanBytes(static_cast<double>(connection.send_queue_bytes()))},
               {RoundTripText(connection)},
               {connection.remote_address()},
               {PathText(connection)},
               {LabelsText(connection)}});
  }
  return first + "\n" + table.Take();
}

std::string Fit(const std::string& lines, size_t rows) {
  size_t end = 0;
  // The last row is left for the cursor.
  for (size_t row = 0; row + 1 < rows && end < lines.size(); ++row) {
    const size_t newline = lines.find('\n', end);
    end = newline == std::string::npos ? lines.size() : newline + 1;
  }
  return lines.substr(0, end);
}

}  // namespace drawbridge::ctl
