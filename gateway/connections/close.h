// The causes, requests and outcomes of closing a connection.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_CLOSE_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_CLOSE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// Which party began the closing.
enum class CloseInitiator { kClient, kControl, kBackend, kGateway, kDrain, kNetwork };

// Why the closing began.
enum class CloseCause {
  kInterrupted,     // by the control API
  kClientClosed,    // the peer sent the first close frame
  kDisconnected,    // end of file without a close frame
  kReset,           // the peer or an intermediate host reset the TCP connection
  kNoPong,          // nothing was received after a ping
  kIdle,            // no message for too long
  kTooSlow,         // the send queue did not drain
  kTooBig,          // a message over the limit
  kProtocolError,   // RFC 6455 violated
  kInvalidUtf8,     // text that is not UTF-8
  kInvalidDeflate,  // a compressed message that cannot be inflated
  kShutdown,        // the node drains or shuts down
  kExpired,         // the expiry has passed that the client's token or the control API set
  kMaxAge,          // the connection reached its maximum age
  kReplaced,        // its principal opened a newer connection and may have no more
};

inline constexpr size_t kCloseCauses = 15;

// What a cause means on the wire, in logs and in metrics.
struct CloseCauseInfo {
  CloseCause cause;
  CloseInitiator initiator;
  uint16_t code;            // RFC 6455, section 7.4.1; a flag or a request may set another; 0: no close frame
                            // can be sent
  std::string_view word;    // stable: logs, metrics, Close.cause
  std::string_view reason;  // of the close frame
};
const CloseCauseInfo& Describe(CloseCause cause);
// All causes, in the order of the enumeration.
std::span<const CloseCauseInfo> CloseCauses();

// RFC 6455, section 7.4.1: these codes report a close frame without a code, and no close frame. They are
// never sent.
inline constexpr uint16_t kNoStatusReceived = 1005;
inline constexpr uint16_t kAbnormalClosure = 1006;

// Whether the control API may close a connection with this code: one of RFC 6455, section 7.4.1, or of the
// IANA registry that reports a decision of the server and not an error of the peer, or one of the ranges for
// libraries (3000 to 3999) and for private use (4000 to 4999).
bool IsOperatorCode(uint64_t code);
inline constexpr std::string_view kOperatorCodes = "1000, 1001, 1008, 1011 to 1013 and 3000 to 4999";

inline constexpr std::chrono::seconds kDefaultGrace{5};

// How to close a connection. Cause, code, reason and actor are those of the first request for the connection.
struct CloseRequest {
  // Takes code and reason from Describe(why).
  explicit CloseRequest(CloseCause why);

  // Takes over the parts of a later request that end the connection sooner: a shorter grace, `drop_pending`
  // and `abort`. Returns whether anything changed.
  bool ShortenBy(const CloseRequest& later);

  CloseCause cause;
  uint16_t code;
  std::string reason;                              // at most 123 bytes of UTF-8
  std::chrono::nanoseconds grace = kDefaultGrace;  // for flushing and for the peer's close frame
  bool drop_pending = false;                       // drop queued messages instead of sending them first
  bool abort = false;                              // reset the TCP connection; send no close frame
  std::string actor;                               // the caller of the control API; empty: unknown
  SteadyTime accept_time;                          // when an interrupt was accepted; unset: unknown
};

// How the closing completed; docs/closing.md describes each outcome.
enum class CloseOutcome {
  kClean,     // both close frames were exchanged, and the peer's does not refuse ours
  kTimeout,   // within the grace, the peer did not answer or did not read the pending data
  kAborted,   // reset by the gateway or by the peer, or end of file without a close frame
  kRejected,  // the peer's close frame refuses ours, or the peer sent an invalid frame instead of one
};
inline constexpr size_t kCloseOutcomes = 4;
// The name of the outcome in logs and metrics; stable.
std::string_view WordOf(CloseOutcome outcome);

// Whether the peer refuses a close frame with the code `sent` by answering with `received`: 1002 (protocol
// error) or 1007 (invalid payload) refuses it, unless the peer only echoes `sent`.
bool RefusesClose(uint16_t sent, uint16_t received);

// How a connection ended. Final once the socket is closed.
struct CloseResult {
  CloseOutcome outcome = CloseOutcome::kAborted;
  uint16_t sent_code = 0;  // 0: no close frame was sent
  std::string sent_reason;
  uint16_t received_code = 0;  // 0: no close frame was received; kNoStatusReceived: one without a code
  std::string received_reason;
  uint64_t dropped_messages = 0;  // queued but not completely written
  SteadyTime close_time;

  void ClearSent() {
    sent_code = 0;
    sent_reason.clear();
  }
  bool clean() const { return outcome == CloseOutcome::kClean; }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_CLOSE_H_
