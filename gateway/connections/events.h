// What happened to connections lately, in order, for whoever watches them.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_EVENTS_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gateway/base/mutex.h"
#include "gateway/connections/attributes.h"
#include "gateway/connections/connection.h"

namespace drawbridge {

// One change of one connection. It names the connection and does not hold it, so that the ring keeps nobody's
// memory who has ended.
struct Event {
  enum class Kind : uint8_t { kOpened, kUpdated, kClosed };

  uint64_t sequence = 0;
  AttributesPointer before = nullptr;  // only where `relabelled`
  uint32_t before_bytes = 0;           // roughly
  Kind kind = Kind::kOpened;
  ConnectionState state = ConnectionState::kOpen;  // as the events up to this one tell it
  bool relabelled = false;                         // its attributes were changed from `before`
};

// A ring of the last events. Thread-safe. To record is one short lock and, at most once for each Await that
// waits, one write to a descriptor: never more, whoever watches. What is recorded was visible to everybody
// before: an opened connection is listed, a closed one is not, an updated one has changed.
// Of each connection the order is kOpened, kUpdated, kClosed, in whatever order its changes are recorded: an
// update that overtakes the opening is no event of its own, and one that the end overtakes is told as another
// kClosed.
class Events {
 public:
  struct Options {
    size_t capacity = 1 << 18;          // events; 24 bytes each, taken at once
    size_t attribute_bytes = 64 << 20;  // what `before` holds in all of them; over it the oldest go earlier
  };

  explicit Events(Options options);
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events();

  void Opened(Connection& connection);
  void Updated(Connection& connection, AttributesPointer before);
  void Closing(Connection& connection);
  void Closed(Connection& connection);

  // The positions of the ring count all events ever: it has those from begin() to before end().
  uint64_t begin() const;
  uint64_t end() const;

  // Appends at most `limit` events from `position` on. False where the ring does not have that one any more.
  [[nodiscard]] bool Read(uint64_t position, size_t limit, std::vector<Event>* out) const;

  // False where there are events from `position` on. Else the next one makes `doorbell` readable, once.
  bool Await(uint64_t position);
  // An eventfd that does not block; reading it takes the ring away. For one that waits. Lives as long as
  // this.
  int doorbell() const { return doorbell_; }

 private:
  // Makes room and adds the event; what it took away goes to `dropped`. Returns whether to ring.
  bool Push(Event event, std::vector<AttributesPointer>* dropped) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void DropOldest(std::vector<AttributesPointer>* dropped) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Ring() const;

  const Options options_;
  const int doorbell_;

  mutable Mutex mu_;
  std::vector<Event> ring_ ABSL_GUARDED_BY(mu_);  // position p lies at p % capacity
  uint64_t begin_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t end_ ABSL_GUARDED_BY(mu_) = 0;
  size_t attribute_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool awaited_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_EVENTS_H_
