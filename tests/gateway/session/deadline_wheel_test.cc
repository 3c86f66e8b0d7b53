// Deadlines never fire early and at most a tick late, while targets are set, moved or destroyed.
#include "gateway/session/deadline_wheel.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "gateway/session/event_target.h"
#include "gtest/gtest.h"

namespace drawbridge {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{std::chrono::hours(1)};

struct Target final : EventTarget {
  explicit Target(std::function<void()> deadline = [] {}) : on_deadline(std::move(deadline)) {}
  void OnReady(uint32_t) override {}
  void OnDeadline() override {
    ++fired;
    on_deadline();
  }
  int fired = 0;
  std::function<void()> on_deadline;
};

// Advances in steps until `target` fires. Returns that time, counted from kStart.
nanoseconds FiringTime(DeadlineWheel& wheel, const Target& target, nanoseconds from, nanoseconds step) {
  for (nanoseconds now = from; now < from + std::chrono::hours(30); now += step) {
    wheel.Advance(kStart + now);
    if (target.fired != 0) return now;
  }
  ADD_FAILURE() << "never fired";
  return {};
}

TEST(DeadlineWheelTest, IsNeverEarlyAndAtMostATickLate) {
  for (const nanoseconds due :
       {nanoseconds(1), nanoseconds(microseconds(500)), nanoseconds(milliseconds(1)),
        nanoseconds(microseconds(99'500)), nanoseconds(milliseconds(99)), nanoseconds(milliseconds(100)),
        nanoseconds(milliseconds(100)) + nanoseconds(1), nanoseconds(milliseconds(101)),
        nanoseconds(milliseconds(199)), nanoseconds(seconds(1)), nanoseconds(microseconds(1'234'567))}) {
    DeadlineWheel wheel(kStart);
    Target target;
    wheel.Set(target, kStart + due);
    const nanoseconds fired = FiringTime(wheel, target, nanoseconds(0), microseconds(100));
    EXPECT_GE(fired, due);
    EXPECT_LE(fired - due, DeadlineWheel::kTick) << due.count();
    EXPECT_EQ(target.fired, 1);
  }
}

TEST(DeadlineWheelTest, RandomDeadlinesOverSeveralTurns) {
  std::mt19937_64 random(1);
  DeadlineWheel wheel(kStart);
  std::vector<std::unique_ptr<Target>> targets;
  nanoseconds now{0};
  int early = 0;
  int late = 0;
  for (int i = 0; i < 2000; ++i) {
    const nanoseconds due = now + nanoseconds(random() % 200'000'000'000);
    targets.push_back(std::make_unique<Target>([&now, &early, &late, due] {
      early += now < due ? 1 : 0;
      late += now > due + DeadlineWheel::kTick + milliseconds(30) ? 1 : 0;  // 30 ms: the longest step below
    }));
    wheel.Set(*targets.back(), kStart + due);
    now += milliseconds(random() % 30);
    wheel.Advance(kStart + now);
  }
  for (const nanoseconds end = now + seconds(201); now < end; now += milliseconds(30))
    wheel.Advance(kStart + now);
  for (const auto& target : targets) ASSERT_EQ(target->fired, 1);
  EXPECT_EQ(early, 0);
  EXPECT_EQ(late, 0);
}

TEST(DeadlineWheelTest, ManyTurnsAhead) {
  for (const nanoseconds due :
       {nanoseconds(milliseconds(51'100)), nanoseconds(milliseconds(51'200)),
        nanoseconds(milliseconds(51'300)), nanoseconds(minutes(5)), nanoseconds(std::chrono::hours(24))}) {
    DeadlineWheel wheel(kStart);
    Target target;
    wheel.Set(target, kStart + due);
    const nanoseconds fired = FiringTime(wheel, target, nanoseconds(0), milliseconds(100));
    EXPECT_GE(fired, due);
    EXPECT_LE(fired - due, DeadlineWheel::kTick);
  }
}

TEST(DeadlineWheelTest, AThreadThatLaggedCatchesUp) {
  DeadlineWheel wheel(kStart);
  std::vector<int> order;
  Target late([&] { order.push_back(2); });
  Target early([&] { order.push_back(1); });
  wheel.Set(late, kStart + minutes(3));
  wheel.Set(early, kStart + seconds(1));
  wheel.Advance(kStart + minutes(10));
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(DeadlineWheelTest, ADeadlineInThePastFiresWithTheNextTick) {
  for (const SteadyTime when : {kStart, kStart - minutes(1), kStart + minutes(2)}) {
    DeadlineWheel wheel(kStart);
    wheel.Advance(kStart + minutes(2));
    Target target;
    wheel.Set(target, when);
    EXPECT_EQ(target.fired, 0);
    wheel.Advance(kStart + minutes(2) + milliseconds(100));
    EXPECT_EQ(target.fired, 1);
  }
}

TEST(DeadlineWheelTest, AMovedDeadlineCountsAlone) {
  DeadlineWheel wheel(kStart);
  Target later;
  Target sooner;
  wheel.Set(later, kStart + seconds(1));
  wheel.Set(later, kStart + seconds(70));
  wheel.Set(sooner, kStart + seconds(70));
  wheel.Set(sooner, kStart + seconds(1));
  wheel.Advance(kStart + seconds(2));
  EXPECT_EQ(sooner.fired, 1);
  EXPECT_EQ(later.fired, 0);
  wheel.Advance(kStart + seconds(71));
  EXPECT_EQ(sooner.fired, 1);
  EXPECT_EQ(later.fired, 1);
}

TEST(DeadlineWheelTest, WhoeverDiesLeavesByItself) {
  DeadlineWheel wheel(kStart);
  Target stays;
  {
    Target dies;
    wheel.Set(dies, kStart + seconds(1));
    wheel.Set(stays, kStart + seconds(1));
  }
  wheel.Advance(kStart + seconds(2));
  EXPECT_EQ(stays.fired, 1);
}

TEST(DeadlineWheelTest, ADeadlineMayBeTakenBack) {
  DeadlineWheel wheel(kStart);
  Target target;
  wheel.Set(target, kStart + seconds(1));
  target.DeadlineHook::unlink();
  wheel.Advance(kStart + seconds(2));
  EXPECT_EQ(target.fired, 0);
}

TEST(DeadlineWheelTest, ATargetMaySetItsOwnDeadlineAgain) {
  DeadlineWheel wheel(kStart);
  SteadyTime next = kStart + seconds(1);
  Target target([&] { wheel.Set(target, next += seconds(1)); });
  wheel.Set(target, next);
  wheel.Advance(kStart + milliseconds(10'550));
  EXPECT_EQ(target.fired, 10);
}

// A target that sets a deadline in the past each time must not keep the thread busy for ever.
TEST(DeadlineWheelTest, ATargetThatIsDueAgainAtOnceWaitsForTheNextTick) {
  DeadlineWheel wheel(kStart);
  Target target([&] { wheel.Set(target, kStart); });
  wheel.Set(target, kStart);
  wheel.Advance(kStart + seconds(1));
  EXPECT_EQ(target.fired, 10);
}

// Destroys its companion and itself when it fires.
struct Mortal final : EventTarget {
  explicit Mortal(int* died) : died_(*died) {}
  ~Mortal() override { ++died_; }
  void OnReady(uint32_t) override {}
  void OnDeadline() override {
    delete companion;
    delete this;
  }
  int& died_;
  Mortal* companion = nullptr;
};

TEST(DeadlineWheelTest, ATargetMayDestroyItselfAndOthersThatAreDue) {
  DeadlineWheel wheel(kStart);
  int died = 0;
  auto* first = new Mortal(&died);
  auto* second = new Mortal(&died);
  first->companion = second;
  Target third;
  for (EventTarget* each : {static_cast<EventTarget*>(first), static_cast<EventTarget*>(second),
                            static_cast<EventTarget*>(&third)}) {
    wheel.Set(*each, kStart + seconds(1));
  }
  wheel.Advance(kStart + seconds(2));
  EXPECT_EQ(died, 2);
  EXPECT_EQ(third.fired, 1);
}

}  // namespace
}  // namespace drawbridge
