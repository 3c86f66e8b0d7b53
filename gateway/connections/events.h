// The most recent changes of connections, in order, for watches.
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

// One change of one connection. It refers to the connection by sequence, so that the ring does not keep ended
// connections in memory.
struct Event {
  enum class Kind : uint8_t { kOpened, kUpdated, kClosed };

  uint64_t sequence = 0;
  AttributesPointer before = nullptr;  // only where `relabelled`
  uint32_t before_bytes = 0;           // approximate memory of `before`
  Kind kind = Kind::kOpened;
  ConnectionState state = ConnectionState::kOpen;  // after this event
  bool relabelled = false;                         // the attributes were changed from `before`
};

// A ring buffer of the last events. Thread-safe. Recording an event takes one short lock and at most one
// write to an eventfd per Await; the cost does not depend on the number of watches. A change is visible in
// the registry before it is recorded: an opened connection is listed, a closed one is not, an updated one has
// changed.
//
// The events of one connection have the order kOpened, kUpdated, kClosed, even if threads record them in
// another order. An update recorded before the opening is dropped, since a reader of the opening finds the
// new attributes. An update recorded after the end becomes another kClosed.
class Events {
 public:
  struct Options {
    size_t capacity = 1 << 18;          // events; 24 bytes each, allocated at construction
    size_t attribute_bytes = 64 << 20;  // limit for `before` of all events; above it the oldest are dropped
  };

  // Throws std::system_error where no eventfd can be created.
  explicit Events(Options options);
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events();

  void Opened(Connection& connection);
  void Updated(Connection& connection, AttributesPointer before);
  void Closing(Connection& connection);
  void Closed(Connection& connection);

  // A position is the number of events recorded before it. The ring holds the positions from begin() to
  // end(), excluding end().
  uint64_t begin() const;
  uint64_t end() const;

  // Appends at most `limit` events, beginning at `position`. False where `position` is before begin() or
  // after end().
  [[nodiscard]] bool Read(uint64_t position, size_t limit, std::vector<Event>* out) const;

  // False where there are events at or after `position`. Else true, and the next event makes doorbell()
  // readable.
  bool Await(uint64_t position);
  // A non-blocking eventfd, for one waiting reader. A read resets it. Valid as long as this object.
  int doorbell() const { return doorbell_; }

 private:
  // Makes room and adds the event. Moves dropped attributes to `dropped`. Returns whether to call Ring.
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
