// Pages with filters while connections open, close and change labels. A connection that is open and matches
// during a whole walk is in it exactly once. With show_closed, so is a connection that closes meanwhile.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "services/control/list.h"
#include "tests/services/control/listed_clients.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

class ListChurnTest : public ::testing::Test {
 protected:
  // The sequences of connections that are certainly listed, with their labels set.
  struct Model {
    std::mutex mu;
    std::set<uint64_t> listed;  // open
    std::set<uint64_t> known;   // open or closed, and in the history
  };

  static bool IsChosen(uint64_t sequence) { return sequence % 3 == 0; }

  // Opens, labels and ends connections. The label depends only on the sequence, the principal is random.
  void Churn(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Registration> mine;
    while (!done_) {
      std::this_thread::yield();  // otherwise the walkers starve on a machine with few cores
      if (mine.size() < 30 || (mine.size() < 120 && random() % 2 == 0)) {
        mine.push_back(registry_.Add({.principal = "p" + std::to_string(random() % 2)}));
        const auto connection = mine.back().connection();
        const uint64_t sequence = connection->info().sequence;
        if (IsChosen(sequence)) Label(*connection, random());
        const std::lock_guard lock(model_.mu);
        model_.listed.insert(sequence);
        model_.known.insert(sequence);
        ++steps_;
      } else {
        const size_t victim = random() % mine.size();
        const auto connection = mine[victim].connection();
        // A change of a label that the filter does not test also updates the index.
        if (IsChosen(connection->info().sequence) && random() % 2 == 0) Label(*connection, random());
        End(mine[victim]);
        mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(victim));
      }
    }
    for (Registration& each : mine) End(each);
  }

  void Label(Connection& connection, uint64_t noise) {
    boost::intrusive_ptr<Attributes> labels(new Attributes);
    labels->labels = {{"chosen", "yes"}, {"noise", std::to_string(noise % 3)}};
    registry_.Update(connection, connection.attributes(), labels);
  }

  void End(Registration& registration) {
    const auto connection = registration.connection();
    {
      const std::lock_guard lock(model_.mu);
      model_.listed.erase(connection->info().sequence);
    }
    connection->Interrupt(CloseRequest(CloseCause::kDisconnected));
    CloseResult result;
    result.close_time = clock_.Steady();
    connection->RecordEnd(result);
    registration.Reset();
  }

  std::set<uint64_t> Surely(bool show_closed, bool chosen) {
    const std::lock_guard lock(model_.mu);
    std::set<uint64_t> surely = show_closed ? model_.known : model_.listed;
    if (chosen) std::erase_if(surely, [](uint64_t sequence) { return !IsChosen(sequence); });
    return surely;
  }

  void WalkAndCheck(const std::string& filter, bool show_closed, int page_size) {
    const bool chosen = !filter.empty();
    const std::set<uint64_t> before = Surely(show_closed, chosen);
    v1::ListConnectionsRequest request;
    request.set_filter(filter);
    request.set_show_closed(show_closed);
    request.set_page_size(page_size);
    std::vector<uint64_t> walk;
    do {
      v1::ListConnectionsResponse response;
      ASSERT_TRUE(ListConnections(registry_, clock_, tokens_, request, &response).ok());
      ASSERT_LE(response.connections_size(), page_size);
      for (const auto& connection : response.connections())
        walk.push_back(*registry_.node().Sequence(connection.connection_id()));
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    const std::set<uint64_t> after = Surely(show_closed, chosen);

    ASSERT_TRUE(std::ranges::is_sorted(walk)) << filter;
    ASSERT_EQ(std::ranges::adjacent_find(walk), walk.end()) << "twice in the list " << filter;
    ASSERT_TRUE(!chosen || std::ranges::all_of(walk, IsChosen)) << filter;
    std::vector<uint64_t> stayed;
    std::ranges::set_intersection(before, after, std::back_inserter(stayed));
    ASSERT_TRUE(std::ranges::includes(walk, stayed)) << "missing from the list " << filter;
  }

  ManualClock clock_;
  // The history is large enough to keep every ended connection during the test.
  Registry registry_{NodeIdentity("node-a", "abcd1234"), {.history = {.capacity = 1'000'000}}, &clock_};
  PageTokens tokens_;
  Model model_;
  std::atomic<int> steps_ = 0;
  std::atomic<bool> done_ = false;
};

TEST_F(ListChurnTest, WhoStaysIsInAWalkExactlyOnce) {
  const std::vector<std::string> filters = {"", "labels.chosen = yes", "labels:chosen",
                                            "labels.chosen = yes AND (principal = p0 OR principal = p1)"};
  std::vector<std::thread> churners;
  for (unsigned seed = 1; seed <= 3; ++seed) churners.emplace_back([this, seed] { Churn(seed); });
  std::vector<std::thread> walkers;
  for (unsigned seed = 11; seed <= 12; ++seed) {
    walkers.emplace_back([this, seed, &filters] {
      std::mt19937 random(seed);
      for (int walk = 0; (walk < 200 || steps_ < 2000) && !HasFatalFailure(); ++walk) {
        const int page_size = static_cast<int>(1 + random() % 60);
        WalkAndCheck(filters[random() % filters.size()], walk % 8 == 0, page_size);
      }
    });
  }
  for (std::thread& walker : walkers) walker.join();
  done_ = true;
  for (std::thread& churner : churners) churner.join();
  EXPECT_EQ(registry_.size(), 0U);
  EXPECT_EQ(registry_.Count({IndexKey::OfLabel("chosen", "yes"), IndexKey::OfLabel("noise", "0"),
                             IndexKey::OfLabel("noise", "1"), IndexKey::OfLabel("noise", "2"),
                             IndexKey::OfPrincipal("p0"), IndexKey::OfPrincipal("p1")}),
            0U)
      << "the index forgets whoever is gone";
}

}  // namespace
}  // namespace drawbridge
