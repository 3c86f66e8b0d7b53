// A client of a watch that keeps a table of connections, as docs/watch.md describes.
#ifndef DRAWBRIDGE_TESTS_SERVICES_CONTROL_WATCH_REPLAY_H_
#define DRAWBRIDGE_TESTS_SERVICES_CONTROL_WATCH_REPLAY_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"
#include "gtest/gtest.h"
#include "services/control/list.h"

namespace drawbridge {

// A row holds the fields that do not change without an event.
using WatchedTable = std::map<std::string, std::string>;

inline std::string RowOf(const control::v1::Connection& connection) {
  const std::map<std::string, std::string> labels(connection.labels().begin(), connection.labels().end());
  std::string row = control::v1::ConnectionState_Name(connection.state()) + " revision " +
                    std::to_string(connection.revision());
  for (const auto& [key, value] : labels) row.append(" ").append(key).append("=").append(value);
  return row;
}

struct WatchReplay {
  void Apply(const control::v1::WatchConnectionsResponse& response) {
    EXPECT_NE(response.resume_token(), "");
    token = response.resume_token();
    const auto& connection = response.connection();
    switch (response.type()) {
      case control::v1::CONNECTION_EVENT_TYPE_OPENED:
      case control::v1::CONNECTION_EVENT_TYPE_UPDATED:
        table[connection.connection_id()] = RowOf(connection);
        break;
      case control::v1::CONNECTION_EVENT_TYPE_CLOSED:
        table.erase(connection.connection_id());
        break;
      default:
        EXPECT_EQ(response.type(), control::v1::CONNECTION_EVENT_TYPE_BOOKMARK);
    }
  }

  WatchedTable table;
  std::string token;
};

// The table from all pages of a list.
inline WatchedTable ListedTable(const Registry& registry, const Clock& clock, const std::string& filter) {
  const PageTokens tokens;
  WatchedTable table;
  control::v1::ListConnectionsRequest request;
  request.set_filter(filter);
  request.set_page_size(1000);
  do {
    control::v1::ListConnectionsResponse response;
    EXPECT_TRUE(ListConnections(registry, clock, tokens, request, &response).ok());
    for (const auto& each : response.connections()) table[each.connection_id()] = RowOf(each);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return table;
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SERVICES_CONTROL_WATCH_REPLAY_H_
