#include "tools/ctl/columns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace drawbridge::ctl {
namespace {

using control::v1::Connection;

std::string Sorted(const std::string& column, bool descending, std::vector<Connection> connections) {
  std::ranges::sort(connections, [&](const Connection& a, const Connection& b) {
    return Before(*FindColumn(column), descending, absl::FromUnixSeconds(1000), a, b);
  });
  std::string ids;
  for (const Connection& connection : connections) ids += connection.connection_id();
  return ids;
}

Connection Of(const std::string& id, uint64_t queued, int64_t created, int64_t round_trip) {
  Connection connection;
  connection.set_connection_id(id);
  connection.set_send_queue_bytes(queued);
  connection.set_path("/" + id);
  connection.mutable_create_time()->set_seconds(created);
  if (round_trip != 0) connection.mutable_round_trip_time()->set_seconds(round_trip);
  return connection;
}

const std::vector<Connection> kThree{Of("a", 9, 100, 150), Of("b", 10, 300, 0), Of("c", 2, 200, 250)};

TEST(ColumnsTest, NumbersAreSortedAsNumbersAndTimesByAge) {
  EXPECT_EQ(Sorted("queue", false, kThree), "cab");
  EXPECT_EQ(Sorted("queue", true, kThree), "bac");
  EXPECT_EQ(Sorted("age", false, kThree), "bca") << "the youngest first";
  EXPECT_EQ(Sorted("idle", false, kThree), "bca") << "without a message since they came";
  EXPECT_EQ(Sorted("path", true, kThree), "cba");
}

TEST(ColumnsTest, WhatHasNoValueIsLastInEitherOrder) {
  EXPECT_EQ(Sorted("rtt", false, kThree), "acb");
  EXPECT_EQ(Sorted("rtt", true, kThree), "cab");
}

TEST(ColumnsTest, TheAgeOfAClosedOneIsHowLongItLasted) {
  std::vector<Connection> connections = kThree;
  connections[0].mutable_close()->mutable_close_time()->set_seconds(101);
  EXPECT_EQ(Sorted("age", false, connections), "abc");
}

TEST(ColumnsTest, NamesAreUniqueAndCellsAreThere) {
  std::set<std::string> names;
  for (const ConnectionColumn& column : AllColumns()) {
    EXPECT_TRUE(names.emplace(column.name).second) << column.name;
    column.cell(Connection(), absl::UnixEpoch());
    column.key(Connection(), absl::UnixEpoch());
    EXPECT_NE(ColumnNames().find(column.name), std::string::npos);
  }
}

TEST(ColumnsTest, ChosenOnesAreInTheirOrderAndStay) {
  const auto columns = ParseColumns("path,id,queue");
  ASSERT_TRUE(columns.has_value());
  ASSERT_EQ(columns->size(), 3u);
  EXPECT_EQ((*columns)[0].name, "path");
  for (const ConnectionColumn& column : *columns) EXPECT_EQ(column.column.rank, 0);
  for (const char* list : {"", "id,", "id,nothing", "ID", "id path"})
    EXPECT_FALSE(ParseColumns(list)) << list;
}

TEST(ColumnsTest, TheCloseIsShownWhereClosedOnesAre) {
  const auto shows_close = [](bool show_closed) {
    return std::ranges::any_of(DefaultColumns(show_closed),
                               [](const auto& column) { return column.name == "close"; });
  };
  EXPECT_TRUE(shows_close(true));
  EXPECT_FALSE(shows_close(false));
}

}  // namespace
}  // namespace drawbridge::ctl
