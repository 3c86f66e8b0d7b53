// Every way in which a connection can end has a name here.
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

// Who began the closing.
enum class CloseInitiator { kClient, kControl, kBackend, kGateway, kDrain, kNetwork };

// Why it began.
enum class CloseCause {
  kInterrupted,     // by the control API
  kClientClosed,    // the peer sent the first close frame
  kDisconnected,    // end of file without a close frame
  kReset,           // the peer or a host between reset the TCP connection
  kNoPong,          // a ping, and nothing came behind it
  kIdle,            // no message for too long
  kTooSlow,         // the send queue did not drain
  kTooBig,          // a message over the limit
  kProtocolError,   // RFC 6455 violated
  kInvalidUtf8,     // text that is not UTF-8
  kInvalidDeflate,  // a compressed message that cannot be inflated
  kShutdown,        // the node is going away
  kExpired,         // the expiry that the control API gave it
  kMaxAge,          // it has been here long enough
};

inline constexpr size_t kCloseCauses = 14;

// What a cause means on the wire and in the books.
struct CloseCauseInfo {
  CloseCause cause;
  CloseInitiator initiator;
  uint16_t code;            // unless a flag or a request sets another; RFC 6455, section 7.4.1; 0: no close
                            // frame can be sent
  std::string_view word;    // stable: logs, metrics, Close.cause
  std::string_view reason;  // of the close frame
};
const CloseCauseInfo& Describe(CloseCause cause);
// All of them, in the order of the enumeration.
std::span<const CloseCauseInfo> CloseCauses();

// RFC 6455, section 7.4.1: what reports "a close frame without a code" and "no close frame"; never on the
// wire.
inline constexpr uint16_t kNoStatusReceived = 1005;
inline constexpr uint16_t kAbnormalClosure = 1006;

// The codes by which an operator may end connections: those of section 7.4.1 and of the IANA registry that
// tell of a decision and not of a fault of the peer's, and the registered and private ranges.
bool IsOperatorCode(uint64_t code);
inline constexpr std::string_view kOperatorCodes = "1000, 1001, 1008, 1011 to 1013 and 3000 to 4999";

inline constexpr std::chrono::seconds kDefaultGrace{5};

// How a connection is to end. Cause, code, reason and actor are those of the first request of a connection.
struct CloseRequest {
  // A request with what the table above says of `why`.
  explicit CloseRequest(CloseCause why);

  // Takes over from a later request what ends the connection sooner: a shorter grace, `drop_pending`,
  // `abort`. True where that changes anything.
  bool ShortenBy(const CloseRequest& later);

  CloseCause cause;
  uint16_t code;
  std::string reason;                              // at most 123 bytes of UTF-8
  std::chrono::nanoseconds grace = kDefaultGrace;  // for flushing and for the peer's close frame
  bool drop_pending = false;                       // the close frame overtakes queued messages
  bool abort = false;                              // no close frame: reset
  std::string actor;                               // the control caller, if known
  SteadyTime accept_time;                          // of an interrupt; not set: unknown
};

// How the closing itself went; docs/closing.md describes each in full.
enum class CloseOutcome {
  kClean,     // both close frames were exchanged, and the peer's does not refuse ours
  kTimeout,   // the peer did not answer within the grace, or did not take what was to be sent
  kAborted,   // reset, by us or by the peer, or end of file without a close frame
  kRejected,  // the peer's close frame refuses ours, or what it sent for one breaks the protocol
};
inline constexpr size_t kCloseOutcomes = 4;
// Stable: logs and metrics.
std::string_view WordOf(CloseOutcome outcome);

// Whether a peer that was sent the code `sent` says by `received` that it does not accept that close frame:
// 1002 (protocol error) or 1007 (invalid data), and not as the echo of what it was sent.
bool RefusesClose(uint16_t sent, uint16_t received);

// How a connection ended; written once, when its socket is closed.
struct CloseResult {
  CloseOutcome outcome = CloseOutcome::kAborted;
  uint16_t sent_code = 0;  // 0: no close frame was sent
  std::string sent_reason;
  uint16_t received_code = 0;  // 0: none was received; kNoStatusReceived: one without a code
  std::string received_reason;
  uint64_t dropped_messages = 0;  // queued and never wholly written
  SteadyTime close_time;

  void ClearSent() {
    sent_code = 0;
    sent_reason.clear();
  }
  bool clean() const { return outcome == CloseOutcome::kClean; }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_CLOSE_H_
