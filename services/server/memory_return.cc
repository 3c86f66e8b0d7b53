#include "services/server/memory_return.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

namespace drawbridge {
namespace {

// Fewer connections leave too little free memory to be worth the call.
constexpr size_t kCrowd = 500;

}  // namespace

bool CrowdWatch::Look(size_t connections, size_t peak) {
  peak_ = std::max({peak_, connections, peak});
  const bool falling = connections < last_;
  last_ = connections;
  if (falling || peak_ < kCrowd || connections > peak_ / 2) return false;
  peak_ = connections;
  return true;
}

MemoryReturn::MemoryReturn(std::function<size_t()> connections, std::function<size_t()> peak,
                           absl::Duration period)
    : connections_(std::move(connections)), peak_(std::move(peak)), period_(period) {
  thread_ = std::thread([this] { Run(); });
}

MemoryReturn::~MemoryReturn() {
  stop_.Notify();
  thread_.join();
}

void MemoryReturn::Run() {
  CrowdWatch watch;
  while (!stop_.WaitForNotificationWithTimeout(period_)) {
    const size_t peak = peak_();
    if (watch.Look(connections_(), peak)) ::malloc_trim(0);
  }
}

}  // namespace drawbridge
