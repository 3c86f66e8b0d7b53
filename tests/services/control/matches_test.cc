// A filter chooses the same connections whether the index is used or every connection is checked.
#include "services/control/matches.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "tests/services/control/listed_clients.h"

namespace drawbridge {
namespace {

class MatchesTest : public ::testing::Test {
 protected:
  size_t Pick(size_t choices) { return random_() % choices; }
  std::string Name(const std::string& kind) { return kind + std::to_string(Pick(4)); }

  // Returns a term. Most terms are equalities that the index can answer.
  std::string Term() {
    switch (Pick(6)) {
      case 0:
        return "principal = " + Name("p");
      case 1:
        return "labels.x = " + Name("v");
      case 2:
        return "labels.y != " + Name("v");
      case 3:
        return "connection_id = " + clients_.registry.node().ConnectionId(1 + Pick(300));
      case 4:
        return "path = " + Name("/");
      default:
        return "labels.y = " + Name("v");
    }
  }
  std::string FilterText(int depth) {
    if (depth == 0 || Pick(3) == 0) return (Pick(6) == 0 ? "NOT " : "") + Term();
    const std::string connective = Pick(2) == 0 ? " AND " : " OR ";
    return "(" + FilterText(depth - 1) + ")" + connective + "(" + FilterText(depth - 1) + ")";
  }

  // Opens, ends or labels one random connection.
  void Step() {
    const size_t choice = Pick(4);
    if (clients_.registrations.size() < 20 || choice == 0) {
      clients_.Add({.principal = Pick(3) == 0 ? "" : Name("p"), .path = Name("/")});
      return;
    }
    const size_t index = Pick(clients_.registrations.size());
    const auto connection = clients_.registrations[index].connection();
    if (connection == nullptr) return;
    if (choice == 1) return clients_.End(index);
    ListedClients::Labels labels;
    if (Pick(2) == 0) labels["x"] = Name("v");
    if (Pick(2) == 0) labels["y"] = Name("v");
    clients_.Label(*connection, labels);
  }

  std::vector<std::shared_ptr<Connection>> All(const Filter& filter, bool use_index, bool show_closed) {
    Matches matches(clients_.registry, filter, clients_.clock,
                    {.show_closed = show_closed, .use_index = use_index});
    std::vector<std::shared_ptr<Connection>> all;
    while (!matches.done()) {
      const auto some = matches.Next(1 + Pick(30));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  // The expected result, found by checking every connection that ever existed.
  std::vector<std::shared_ptr<Connection>> Expected(const Filter& filter, bool show_closed) {
    std::vector<std::shared_ptr<Connection>> expected;
    const FilterContext context("node-a", clients_.clock);
    for (const auto& each : ever_) {
      const bool shown = show_closed || each->state() != ConnectionState::kClosed;
      if (shown && filter.Matches(*each, context)) expected.push_back(each);
    }
    return expected;
  }

  void NoteNewcomers() {
    while (ever_.size() < clients_.registrations.size())
      ever_.push_back(clients_.registrations[ever_.size()].connection());
  }

  std::mt19937 random_{7};
  ListedClients clients_;
  std::vector<std::shared_ptr<Connection>> ever_;
};

TEST_F(MatchesTest, IndexAndScanFindTheSame) {
  size_t indexed = 0;
  size_t found = 0;
  for (int round = 0; round < 1500; ++round) {
    Step();
    NoteNewcomers();
    const std::string text = FilterText(3);
    const auto filter = std::get<Filter>(Filter::Parse(text));
    const bool show_closed = Pick(2) == 0;
    const auto expected = Expected(filter, show_closed);
    ASSERT_EQ(All(filter, true, show_closed), expected) << text;
    ASSERT_EQ(All(filter, false, show_closed), expected) << text;
    indexed += filter.lookups().empty() ? 0 : 1;
    found += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(indexed, 300U) << "else the test says little";
  EXPECT_GT(found, 300U);
}

}  // namespace
}  // namespace drawbridge
