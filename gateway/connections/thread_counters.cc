#include "gateway/connections/thread_counters.h"

namespace drawbridge {
namespace {

constexpr std::array<std::string_view, kHandshakeResults> kHandshakeWords = {
    "accepted", "bad_request", "forbidden",  "timeout",      "not_websocket", "too_many",  "header_too_large",
    "full",     "draining",    "tls_failed", "disconnected", "unauthorized",  "unverified"};

constexpr std::array<std::string_view, kRenewalResults> kRenewalWords = {
    "renewed",  "bad_request", "unauthorized", "forbidden",
    "too_many", "unverified",  "timeout",      "disconnected"};

constexpr uint16_t kFirstCode = 1000;  // RFC 6455, section 7.4.1
constexpr size_t kRegisteredCodes = 16;
constexpr std::array<std::string_view, kCloseCodes> kCodeWords = {
    "1000", "1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008", "1009",
    "1010", "1011", "1012", "1013", "1014", "1015", "3xxx", "4xxx", "other"};

template <size_t N>
void Sum(const std::array<Counter, N>& counters, std::array<uint64_t, N>* sums) {
  for (size_t i = 0; i < N; ++i) (*sums)[i] += counters[i].Get();
}

}  // namespace

std::span<const std::string_view> HandshakeResultWords() { return kHandshakeWords; }

std::span<const std::string_view> RenewalResultWords() { return kRenewalWords; }

size_t CloseCodeIndex(uint16_t code) {
  if (code == 0) code = kAbnormalClosure;
  if (code >= kFirstCode && code < kFirstCode + kRegisteredCodes) return code - kFirstCode;
  const bool thousands = code >= 3000 && code < 5000;
  return kRegisteredCodes + (thousands ? code / 1000 - 3 : 2);
}

std::string_view CloseCodeWord(size_t index) { return kCodeWords[index]; }

void ThreadCounters::Publish() {
  for (size_t i = 0; i < kMessageSizes; ++i) published_received_messages_[i].Set(received_messages_[i]);
  published_received_bytes_.Set(received_bytes_);
  published_sent_messages_.Set(sent_messages_);
  published_sent_bytes_.Set(sent_bytes_);
}

void ThreadCounters::AddTo(Totals* totals) const {
  Sum(published_received_messages_, &totals->received_messages);
  totals->received_bytes += published_received_bytes_.Get();
  totals->sent_messages += published_sent_messages_.Get();
  totals->sent_bytes += published_sent_bytes_.Get();
  totals->send_queue_bytes += send_queue_bytes_.Get();
  Sum(handshakes_, &totals->handshakes);
  Sum(tls_handshakes_, &totals->tls_handshakes);
  Sum(renewals_, &totals->renewals);
  for (size_t i = 0; i < kCloseCauses; ++i) Sum(closed_[i], &totals->closed[i]);
  Sum(interrupts_, &totals->interrupts);
  interrupt_times_.AddTo(&totals->interrupt_times);
  round_trips_.AddTo(&totals->round_trips);
  loop_lags_.AddTo(&totals->loop_lags);
}

}  // namespace drawbridge
