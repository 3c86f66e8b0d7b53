// The ring of events: order, wrap-around, what it keeps, and its doorbell.
#include "gateway/connections/events.h"

#include <poll.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/registry.h"
#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

std::shared_ptr<Connection> Client(uint64_t sequence) {
  return std::make_shared<Connection>(ConnectionInfo{.sequence = sequence});
}

AttributesPointer Labelled(const std::string& value) {
  boost::intrusive_ptr<Attributes> attributes(new Attributes);
  attributes->labels = {{"key", value}};
  return attributes;
}

std::vector<Event> ReadAll(const Events& events) {
  std::vector<Event> read;
  EXPECT_TRUE(events.Read(events.begin(), 1'000'000, &read));
  return read;
}

// Returns events as text: "2O" is the opening of connection 2, U an update, L new attributes, C the end.
std::string Story(const std::vector<Event>& events) {
  std::string story;
  for (const Event& event : events) {
    story += std::to_string(event.sequence);
    if (event.kind == Event::Kind::kOpened) story += 'O';
    if (event.kind == Event::Kind::kUpdated) story += event.relabelled ? 'L' : 'U';
    if (event.kind == Event::Kind::kClosed) story += event.relabelled ? "CL" : "C";
  }
  return story;
}

bool Rings(const Events& events) {
  pollfd doorbell = {.fd = events.doorbell(), .events = POLLIN, .revents = 0};
  return ::poll(&doorbell, 1, 0) == 1;
}

TEST(EventsTest, TellsALifeInOrder) {
  Events events({});
  const auto one = Client(1);
  const auto two = Client(2);
  events.Opened(*one);
  events.Opened(*two);
  events.Updated(*one, nullptr);
  events.Closing(*one);
  events.Closed(*one);
  EXPECT_EQ(Story(ReadAll(events)), "1O2O1L1U1C");
  EXPECT_EQ(ReadAll(events)[2].state, ConnectionState::kOpen);
  EXPECT_EQ(ReadAll(events)[3].state, ConnectionState::kClosing);
  EXPECT_EQ(ReadAll(events)[4].state, ConnectionState::kClosed);
}

TEST(EventsTest, ForgetsTheOldestWhenItIsFull) {
  Events events({.capacity = 4});
  for (uint64_t i = 1; i <= 6; ++i) events.Opened(*Client(i));
  EXPECT_EQ(events.begin(), 2U);
  EXPECT_EQ(events.end(), 6U);
  EXPECT_EQ(Story(ReadAll(events)), "3O4O5O6O");
  std::vector<Event> read;
  EXPECT_FALSE(events.Read(1, 1, &read)) << "too old";
  EXPECT_FALSE(events.Read(7, 1, &read)) << "no event is at this position yet";
  EXPECT_TRUE(read.empty());
  EXPECT_TRUE(events.Read(6, 1, &read)) << "the end is where one waits";
  EXPECT_TRUE(read.empty());
  EXPECT_TRUE(events.Read(3, 2, &read));
  EXPECT_EQ(Story(read), "4O5O");
}

TEST(EventsTest, HoldsAtLeastAHundredThousand) {
  Events events({});
  const auto client = Client(1);
  for (int i = 0; i < 300'000; ++i) events.Opened(*client);
  EXPECT_GE(events.end() - events.begin(), 100'000U);
  EXPECT_LE(events.end() - events.begin(), 1U << 18);
}

TEST(EventsTest, AnUpdateBeforeTheOpeningIsToldByTheOpening) {
  Events events({});
  const auto client = Client(1);
  events.Updated(*client, nullptr);
  events.Closing(*client);
  events.Opened(*client);
  EXPECT_EQ(Story(ReadAll(events)), "1O");
}

TEST(EventsTest, AnUpdateThatTheEndOvertakesIsAnotherEnd) {
  Events events({});
  const auto client = Client(1);
  const auto before = Labelled("old");
  events.Opened(*client);
  events.Closed(*client);
  events.Updated(*client, before);
  events.Closing(*client);
  const auto all = ReadAll(events);
  EXPECT_EQ(Story(all), "1O1C1CL");
  EXPECT_EQ(all[2].before, before);
  EXPECT_EQ(all[2].state, ConnectionState::kClosed);
}

TEST(EventsTest, ClosingIsToldOnce) {
  Events events({});
  const auto client = Client(1);
  events.Opened(*client);
  events.Closing(*client);
  events.Closing(*client);
  events.Updated(*client, nullptr);
  const auto all = ReadAll(events);
  EXPECT_EQ(Story(all), "1O1U1L");
  EXPECT_EQ(all[2].state, ConnectionState::kClosing);
}

TEST(EventsTest, RingsOnceForEachWait) {
  Events events({});
  EXPECT_FALSE(Rings(events));
  events.Opened(*Client(1));
  EXPECT_FALSE(Rings(events)) << "no watch waits";
  EXPECT_FALSE(events.Await(0)) << "there is one to read";
  EXPECT_TRUE(events.Await(1));
  EXPECT_FALSE(Rings(events));
  events.Opened(*Client(2));
  EXPECT_TRUE(Rings(events));
  uint64_t rings = 0;
  EXPECT_EQ(::read(events.doorbell(), &rings, sizeof(rings)), static_cast<ssize_t>(sizeof(rings)));
  events.Opened(*Client(3));
  EXPECT_FALSE(Rings(events)) << "no watch waits any more";
}

TEST(EventsTest, KeepsNoConnectionAndDropsOldAttributes) {
  const ManualClock clock;
  Registry registry(NodeIdentity("n", "abcd1234"), {.history = {.capacity = 0}, .events = {.capacity = 4}},
                    &clock);
  std::weak_ptr<Connection> gone;
  const auto first = Labelled("first");
  {
    Registration registration = registry.Add({});
    gone = registration.connection();
    registry.Update(*registration.connection(), nullptr, first);
    registry.Update(*registration.connection(), first, Labelled("second"));
  }
  EXPECT_TRUE(gone.expired());
  EXPECT_EQ(first->use_count(), 2U) << "here and in the ring";
  for (int i = 0; i < 2; ++i) registry.Add({}).Reset();
  EXPECT_EQ(first->use_count(), 1U);
}

TEST(EventsTest, ManyBigAttributesShortenTheRing) {
  constexpr size_t kBytes = 100'000;
  Events events({.capacity = 1000, .attribute_bytes = kBytes});
  const auto client = Client(1);
  events.Opened(*client);
  std::vector<AttributesPointer> all;
  for (int i = 0; i < 500; ++i) {
    all.push_back(Labelled(std::string(1000, 'x')));
    events.Updated(*client, all.back());
  }
  size_t kept = 0;
  for (const auto& each : all) kept += each->use_count() - 1;
  EXPECT_GT(kept, 50U);
  EXPECT_LT(kept * 1000, kBytes);
  EXPECT_EQ(events.end() - events.begin(), kept) << "the oldest went, and no others";
}

TEST(EventsTest, TheRegistryRecordsWhatHasHappened) {
  const ManualClock clock;
  Registry registry(NodeIdentity("n", "abcd1234"), {}, &clock);
  Registration registration = registry.Add({});
  const auto labels = Labelled("x");
  EXPECT_TRUE(registry.Update(*registration.connection(), nullptr, labels));
  EXPECT_FALSE(registry.Update(*registration.connection(), nullptr, Labelled("y"))) << "stale";
  registration.TellClosing();
  registration.Reset();
  registration.TellClosing();
  EXPECT_EQ(Story(ReadAll(registry.events())), "1O1L1U1C");
}

}  // namespace
}  // namespace drawbridge
