// The counters of an I/O thread, for metrics.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_THREAD_COUNTERS_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_THREAD_COUNTERS_H_

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "gateway/base/counter.h"
#include "gateway/base/duration_histogram.h"
#include "gateway/connections/close.h"

namespace drawbridge {

// How an attempt to connect ended. The numbers are HTTP status codes.
enum class HandshakeResult {
  kAccepted,
  kBadRequest,      // 400, and any other status not listed here
  kForbidden,       // 403 or 421
  kTimeout,         // 408, or no answer where the TLS handshake was not complete
  kNotWebsocket,    // 200, 405 or 426: a request for something else
  kTooMany,         // 429 or a reset: the address has reached its limit of connections
  kHeaderTooLarge,  // 414 or 431
  kFull,            // 503
  kDraining,        // 503
  kTlsFailed,
  kDisconnected,  // the client disconnected before its request was complete
  kUnauthorized,  // 401, or accepted and closed for its token
  kUnverified,    // 503: the token cannot be verified now
};
std::span<const std::string_view> HandshakeResultWords();  // in the order of the enumeration
inline constexpr size_t kHandshakeResults = 13;

// How a request for a renewal ended.
enum class RenewalResult {
  kRenewed,       // 200, also where no connection was open
  kBadRequest,    // 400, 404, 405, 411, 413 or 415
  kUnauthorized,  // 401
  kForbidden,     // 403 or 421
  kTooMany,       // 429
  kUnverified,    // 503: the token cannot be verified now
  kTimeout,       // 408
  kDisconnected,  // the client disconnected before the answer
};
std::span<const std::string_view> RenewalResultWords();  // in the order of the enumeration
inline constexpr size_t kRenewalResults = 8;

enum class TlsHandshake { kTls12, kTls13, kFailed };
inline constexpr size_t kTlsHandshakes = 3;

// Close codes in metrics: 1000 to 1015, 3xxx, 4xxx, other. The set is fixed, so a client cannot create new
// series.
inline constexpr size_t kCloseCodes = 19;
// The index of `code`, below kCloseCodes. 0, which means no close frame, counts as 1006.
size_t CloseCodeIndex(uint16_t code);
std::string_view CloseCodeWord(size_t index);

// The number of size classes of messages. Class i has sizes from 2^i to 2^(i+1) - 1 bytes; class 0 also has
// empty messages.
inline constexpr size_t kMessageSizes = 32;

// The sums of the counters of several threads.
struct Totals {
  std::array<uint64_t, kMessageSizes> received_messages{};
  uint64_t received_bytes = 0;  // payload
  uint64_t sent_messages = 0;
  uint64_t sent_bytes = 0;  // payload
  uint64_t send_queue_bytes = 0;
  std::array<uint64_t, kHandshakeResults> handshakes{};
  std::array<uint64_t, kTlsHandshakes> tls_handshakes{};
  std::array<uint64_t, kRenewalResults> renewals{};
  std::array<std::array<uint64_t, kCloseCodes>, kCloseCauses> closed{};
  std::array<uint64_t, kCloseOutcomes> interrupts{};
  DurationHistogram::Sum interrupt_times;
  DurationHistogram::Sum round_trips;
  DurationHistogram::Sum loop_lags;
};

// Only its own thread writes it. Messages are counted in plain integers that other threads must not read;
// Publish copies them to atomic counters.
class ThreadCounters {
 public:
  // `bytes`: less than 4 GiB.
  void Received(size_t bytes) {
    ++received_messages_[31u - static_cast<unsigned>(std::countl_zero(static_cast<uint32_t>(bytes) | 1))];
    received_bytes_ += bytes;
  }
  void Sent(size_t bytes) {
    ++sent_messages_;
    sent_bytes_ += bytes;
  }
  // Call it periodically: AddTo returns the message counts of the last call.
  void Publish();

  void Handshake(HandshakeResult result) { handshakes_[static_cast<size_t>(result)].Add(1); }
  void Handshake(TlsHandshake result) { tls_handshakes_[static_cast<size_t>(result)].Add(1); }
  void Renewal(RenewalResult result) { renewals_[static_cast<size_t>(result)].Add(1); }
  // `code`: of the close frame that was sent; 0: none was sent.
  void Closed(CloseCause cause, uint16_t code) {
    closed_[static_cast<size_t>(cause)][CloseCodeIndex(code)].Add(1);
  }
  void Interrupted(CloseOutcome outcome) { interrupts_[static_cast<size_t>(outcome)].Add(1); }
  // The size of one client's send queue, in bytes, before and after a change.
  void SendQueueChanged(uint64_t before, uint64_t now) { send_queue_bytes_.Add(now - before); }

  DurationHistogram& interrupt_times() { return interrupt_times_; }
  DurationHistogram& round_trips() { return round_trips_; }
  DurationHistogram& loop_lags() { return loop_lags_; }

  // Thread-safe.
  void AddTo(Totals* totals) const;

 private:
  std::array<uint64_t, kMessageSizes> received_messages_{};
  uint64_t received_bytes_ = 0;
  uint64_t sent_messages_ = 0;
  uint64_t sent_bytes_ = 0;

  std::array<Counter, kMessageSizes> published_received_messages_;
  Counter published_received_bytes_;
  Counter published_sent_messages_;
  Counter published_sent_bytes_;

  Counter send_queue_bytes_;
  std::array<Counter, kHandshakeResults> handshakes_;
  std::array<Counter, kTlsHandshakes> tls_handshakes_;
  std::array<Counter, kRenewalResults> renewals_;
  std::array<std::array<Counter, kCloseCodes>, kCloseCauses> closed_;
  std::array<Counter, kCloseOutcomes> interrupts_;
  DurationHistogram interrupt_times_;
  DurationHistogram round_trips_;
  DurationHistogram loop_lags_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_THREAD_COUNTERS_H_
