#include "gateway/connections/events.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace drawbridge {
namespace {

// The number of events that one record may drop while the attributes exceed their limit.
constexpr int kMostDropped = 64;

int MakeDoorbell() {
  const int descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

// The approximate memory of the attributes, including the nodes of the map.
uint32_t BytesOf(const AttributesPointer& attributes) {
  if (attributes == nullptr) return 0;
  size_t bytes = sizeof(Attributes);
  for (const auto& [key, value] : attributes->labels) {
    bytes += 2 * sizeof(std::string) + key.size() + value.size();
  }
  for (const std::string& key : attributes->token_labels) bytes += sizeof(std::string) + key.size();
  return static_cast<uint32_t>(bytes);
}

}  // namespace

Events::Events(Options options)
    : options_(options), doorbell_(MakeDoorbell()), ring_(std::max<size_t>(options.capacity, 1)) {}

Events::~Events() { ::close(doorbell_); }

void Events::Opened(Connection& connection) {
  bool ring = false;
  std::vector<AttributesPointer> dropped;
  {
    MutexLock lock(mu_);
    connection.told_ = Connection::Told::kOpen;
    ring = Push({.sequence = connection.info().sequence}, &dropped);
  }
  if (ring) Ring();
}

void Events::Closing(Connection& connection) {
  bool ring = false;
  std::vector<AttributesPointer> dropped;
  {
    MutexLock lock(mu_);
    if (connection.told_ != Connection::Told::kOpen) return;
    connection.told_ = Connection::Told::kClosing;
    ring = Push({.sequence = connection.info().sequence,
                 .kind = Event::Kind::kUpdated,
                 .state = ConnectionState::kClosing},
                &dropped);
  }
  if (ring) Ring();
}

void Events::Closed(Connection& connection) {
  bool ring = false;
  std::vector<AttributesPointer> dropped;
  {
    MutexLock lock(mu_);
    connection.told_ = Connection::Told::kClosed;
    ring = Push({.sequence = connection.info().sequence,
                 .kind = Event::Kind::kClosed,
                 .state = ConnectionState::kClosed},
                &dropped);
  }
  if (ring) Ring();
}

void Events::Updated(Connection& connection, AttributesPointer before) {
  const uint32_t bytes = BytesOf(before);
  bool ring = false;
  std::vector<AttributesPointer> dropped;
  {
    MutexLock lock(mu_);
    if (connection.told_ == Connection::Told::kNothing) return;  // the opening, recorded later, includes it
    Event event = {.sequence = connection.info().sequence,
                   .before = std::move(before),
                   .before_bytes = bytes,
                   .kind = Event::Kind::kUpdated,
                   .relabelled = true};
    if (connection.told_ == Connection::Told::kClosing) event.state = ConnectionState::kClosing;
    if (connection.told_ == Connection::Told::kClosed) {
      event.kind = Event::Kind::kClosed;
      event.state = ConnectionState::kClosed;
    }
    ring = Push(std::move(event), &dropped);
  }
  if (ring) Ring();
}

bool Events::Push(Event event, std::vector<AttributesPointer>* dropped) {
  if (end_ - begin_ == ring_.size()) DropOldest(dropped);
  attribute_bytes_ += event.before_bytes;
  ring_[end_++ % ring_.size()] = std::move(event);
  for (int i = 0; i < kMostDropped && attribute_bytes_ > options_.attribute_bytes; ++i) DropOldest(dropped);
  return std::exchange(awaited_, false);
}

// Moves the attributes to `dropped`, so that they are destroyed after the lock is released.
void Events::DropOldest(std::vector<AttributesPointer>* dropped) {
  Event& oldest = ring_[begin_++ % ring_.size()];
  attribute_bytes_ -= oldest.before_bytes;
  if (oldest.before != nullptr) dropped->push_back(std::move(oldest.before));
}

void Events::Ring() const {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(doorbell_, &one, sizeof(one));  // EAGAIN: already readable
}

uint64_t Events::begin() const {
  MutexLock lock(mu_);
  return begin_;
}

uint64_t Events::end() const {
  MutexLock lock(mu_);
  return end_;
}

bool Events::Read(uint64_t position, size_t limit, std::vector<Event>* out) const {
  MutexLock lock(mu_);
  if (position < begin_ || position > end_) return false;
  const uint64_t last = position + std::min<uint64_t>(limit, end_ - position);
  for (; position < last; ++position) out->push_back(ring_[position % ring_.size()]);
  return true;
}

bool Events::Await(uint64_t position) {
  MutexLock lock(mu_);
  if (end_ > position) return false;
  awaited_ = true;
  return true;
}

}  // namespace drawbridge
