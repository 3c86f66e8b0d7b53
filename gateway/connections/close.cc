#include "gateway/connections/close.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace drawbridge {
namespace {

using enum CloseInitiator;

// In the order of the enumeration.
constexpr std::array kCauses = {
    CloseCauseInfo{CloseCause::kInterrupted, kControl, 1008, "interrupted", "interrupted"},
    CloseCauseInfo{CloseCause::kClientClosed, kClient, 1000, "client_closed", ""},
    CloseCauseInfo{CloseCause::kDisconnected, kNetwork, 0, "disconnected", ""},
    CloseCauseInfo{CloseCause::kReset, kNetwork, 0, "reset", ""},
    CloseCauseInfo{CloseCause::kNoPong, kNetwork, 1001, "no_pong", "no pong"},
    CloseCauseInfo{CloseCause::kIdle, kGateway, 1001, "idle", "idle"},
    CloseCauseInfo{CloseCause::kTooSlow, kGateway, 1008, "too_slow", "too slow"},
    CloseCauseInfo{CloseCause::kTooBig, kGateway, 1009, "too_big", "message too big"},
    CloseCauseInfo{CloseCause::kProtocolError, kGateway, 1002, "protocol_error", "protocol error"},
    CloseCauseInfo{CloseCause::kInvalidUtf8, kGateway, 1007, "invalid_utf8", "invalid UTF-8"},
    // 1007, as for invalid UTF-8, and not 1002: the payload is invalid and the framing is not.
    CloseCauseInfo{CloseCause::kInvalidDeflate, kGateway, 1007, "invalid_deflate", "invalid deflate data"},
    // 1001 and not 1012 (Service Restart) of the IANA registry: several client libraries do not know 1012 and
    // report a protocol error. The same holds for max_age.
    CloseCauseInfo{CloseCause::kShutdown, kDrain, 1001, "shutdown", "going away"},
    CloseCauseInfo{CloseCause::kExpired, kGateway, 1008, "expired", "expired"},
    CloseCauseInfo{CloseCause::kMaxAge, kGateway, 1001, "max_age", "maximum age reached"},
    CloseCauseInfo{CloseCause::kReplaced, kGateway, 1008, "replaced", "replaced"},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < kCauses.size(); ++i) {
    if (kCauses[i].cause != static_cast<CloseCause>(i)) return false;
  }
  return true;
}
static_assert(kCauses.size() == kCloseCauses && InOrder());

}  // namespace

const CloseCauseInfo& Describe(CloseCause cause) { return kCauses[static_cast<size_t>(cause)]; }

std::span<const CloseCauseInfo> CloseCauses() { return kCauses; }

bool IsOperatorCode(uint64_t code) {
  return code == 1000 || code == 1001 || code == 1008 || (code >= 1011 && code <= 1013) ||
         (code >= 3000 && code <= 4999);
}

std::string_view WordOf(CloseOutcome outcome) {
  constexpr std::array<std::string_view, kCloseOutcomes> kWords = {"clean", "timeout", "aborted", "rejected"};
  return kWords[static_cast<size_t>(outcome)];
}

bool RefusesClose(uint16_t sent, uint16_t received) {
  constexpr uint16_t kProtocolError = 1002;
  constexpr uint16_t kInvalidPayload = 1007;
  return received != sent && (received == kProtocolError || received == kInvalidPayload);
}

CloseRequest::CloseRequest(CloseCause why)
    : cause(why), code(Describe(why).code), reason(Describe(why).reason) {}

bool CloseRequest::ShortenBy(const CloseRequest& later) {
  const bool shorter =
      later.grace < grace || (later.drop_pending && !drop_pending) || (later.abort && !abort);
  grace = std::min(grace, later.grace);
  drop_pending = drop_pending || later.drop_pending;
  abort = abort || later.abort;
  return shorter;
}

}  // namespace drawbridge
