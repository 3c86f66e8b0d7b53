// Replaying a watch always gives the same table as the list: under churn, with filters, and when resumed
// anywhere.
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/control/watch_feed.h"
#include "tests/services/control/listed_clients.h"
#include "tests/services/control/watch_replay.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

const std::array<std::string, 7> kFilters = {"",
                                             "labels.tier = gold",
                                             "state = OPEN",
                                             "state = CLOSING",
                                             "labels.tier = gold AND state = OPEN",
                                             "NOT labels:tier",
                                             "path = \"/a\" AND labels.tier != gold"};

// A client whose watch breaks off repeatedly. It goes back to its table at an earlier response and resumes
// with the token of that response.
class Watcher {
 public:
  Watcher(const Registry& registry, const Clock& clock, const WatchTokens& tokens, std::string filter,
          unsigned seed)
      : registry_(registry), clock_(clock), tokens_(tokens), filter_(std::move(filter)), random_(seed) {
    Start();
  }

  void Read() {
    std::vector<v1::WatchConnectionsResponse> responses;
    if (const grpc::Status status = feed_->Next(&responses); !status.ok()) return Anew(status);
    for (const auto& response : responses) {
      now_.Apply(response);
      if (random_() % 16 == 0) before_.push_back(now_);
      if (before_.size() > 4) before_.erase(before_.begin());
    }
  }

  void BreakOff() {
    if (before_.empty()) return;
    now_ = before_[random_() % before_.size()];
    before_.clear();
    ++resumes_;
    Start();
  }

  void ReadToTheEnd() {
    do {
      Read();
    } while (!feed_->idle());
  }

  void Check() const {
    EXPECT_EQ(now_.table, ListedTable(registry_, clock_, filter_)) << "filter: " << filter_;
  }

  int resumes() const { return resumes_; }
  int anew() const { return anew_; }

 private:
  void Start() {
    v1::WatchConnectionsRequest request;
    request.set_filter(filter_);
    request.set_resume_token(now_.token);
    const grpc::Status status = WatchFeed::Begin(registry_, clock_, tokens_, {}, request, &feed_);
    if (!status.ok()) Anew(status);
  }

  void Anew(const grpc::Status& status) {
    ASSERT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
    ASSERT_NE(now_.token, "") << "a new watch is not out of range";
    ++anew_;
    now_ = {};
    before_.clear();
    Start();
  }

  const Registry& registry_;
  const Clock& clock_;
  const WatchTokens& tokens_;
  const std::string filter_;
  std::mt19937 random_;
  std::unique_ptr<WatchFeed> feed_;
  WatchReplay now_;
  std::vector<WatchReplay> before_;
  int resumes_ = 0;
  int anew_ = 0;
};

// Registers, labels and ends connections of its own as sessions and UpdateConnection do.
class Churner {
 public:
  Churner(Registry& registry, const Clock& clock, unsigned seed)
      : registry_(registry), clock_(clock), random_(seed) {}

  void Step() {
    if (mine_.size() < 10 || (mine_.size() < 60 && random_() % 2 == 0)) {
      mine_.push_back(registry_.Add({.path = random_() % 2 == 0 ? "/a" : "/b"}));
    }
    Registration& victim = mine_[random_() % mine_.size()];
    switch (random_() % 4) {
      case 0:
        return Label(*victim.connection());
      case 1:
        victim.connection()->Interrupt(CloseRequest(CloseCause::kInterrupted));
        return victim.TellClosing();
      case 2:
        End(victim);
        std::swap(victim, mine_.back());
        return mine_.pop_back();
      default:
        return LabelAnybody();
    }
  }

 private:
  void Label(Connection& connection) {
    const AttributesPointer before = connection.attributes();
    boost::intrusive_ptr<Attributes> after(new Attributes);
    after->revision = before == nullptr ? 2 : before->revision + 1;
    const auto kind = random_() % 3;
    if (kind != 0) after->labels = {{"tier", kind == 1 ? "gold" : "silver"}};
    registry_.Update(connection, before, after);
  }

  // May label connections of another churner, so that updates race with their closing.
  void LabelAnybody() {
    for (const auto& each : registry_.Walk(random_() % 1000, 16).connections) Label(*each);
  }

  void End(Registration& registration) {
    const auto connection = registration.connection();
    connection->Interrupt(CloseRequest(CloseCause::kDisconnected));
    registration.TellClosing();
    CloseResult result;
    result.close_time = clock_.Steady();
    connection->RecordEnd(result);
    registration.Reset();
  }

  Registry& registry_;
  const Clock& clock_;
  std::mt19937 random_;
  std::vector<Registration> mine_;
};

TEST(WatchModelTest, StepByStep) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const ManualClock clock;
    Registry registry(NodeIdentity("n", "abcd1234"), {}, &clock);
    const WatchTokens tokens;
    Churner churner(registry, clock, seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 50; ++i) churner.Step();
    std::vector<Watcher> watchers;
    watchers.reserve(kFilters.size());
    for (const std::string& filter : kFilters) watchers.emplace_back(registry, clock, tokens, filter, seed);
    for (int i = 0; i < 400; ++i) {
      churner.Step();
      Watcher& watcher = watchers[random() % watchers.size()];
      if (random() % 4 == 0) watcher.Read();
      if (random() % 20 == 0) watcher.BreakOff();
      if (random() % 40 == 0) {
        watcher.ReadToTheEnd();
        watcher.Check();
      }
    }
    for (Watcher& watcher : watchers) {
      watcher.ReadToTheEnd();
      watcher.Check();
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(WatchModelTest, WithARingSoSmallThatTokensGrowOld) {
  int anew = 0;
  for (unsigned seed = 0; seed < 30; ++seed) {
    const ManualClock clock;
    Registry registry(NodeIdentity("n", "abcd1234"), {.history = {}, .events = {.capacity = 50}}, &clock);
    const WatchTokens tokens;
    Churner churner(registry, clock, seed);
    Watcher watcher(registry, clock, tokens, kFilters[seed % kFilters.size()], seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 1000; ++i) {
      churner.Step();
      if (random() % 10 == 0) watcher.Read();
      if (random() % 50 == 0) watcher.BreakOff();
    }
    watcher.ReadToTheEnd();
    watcher.Check();
    anew += watcher.anew();
  }
  EXPECT_GT(anew, 0);
}

TEST(WatchModelTest, WhileManyThreadsChurn) {
  const SystemClock clock;
  Registry registry(NodeIdentity("n", "abcd1234"), {}, &clock);
  const WatchTokens tokens;
  std::atomic<bool> done = false;
  std::vector<Churner> churners;
  churners.reserve(3);
  for (unsigned i = 0; i < 3; ++i) churners.emplace_back(registry, clock, i);
  std::vector<Watcher> watchers;
  watchers.reserve(kFilters.size());
  for (unsigned i = 0; i < kFilters.size(); ++i)
    watchers.emplace_back(registry, clock, tokens, kFilters[i], i);

  std::vector<std::thread> threads;
  threads.reserve(churners.size());
  for (Churner& churner : churners) {
    threads.emplace_back([&churner] {
      for (int i = 0; i < 8000; ++i) churner.Step();
    });
  }
  std::vector<std::thread> readers;
  readers.reserve(watchers.size());
  for (Watcher& watcher : watchers) {
    readers.emplace_back([&watcher, &done] {
      for (int i = 0; !done || i < 300; ++i) {
        watcher.Read();
        if (i % 100 == 99) watcher.BreakOff();
        std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  for (std::thread& reader : readers) reader.join();
  for (Watcher& watcher : watchers) {
    watcher.ReadToTheEnd();
    watcher.Check();
    EXPECT_GT(watcher.resumes(), 0);
  }
}

}  // namespace
}  // namespace drawbridge
