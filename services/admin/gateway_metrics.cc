#include "services/admin/gateway_metrics.h"

#include <array>
#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/version.h"
#include "gateway/connections/close.h"
#include "gateway/connections/thread_counters.h"
#include "services/admin/families.h"

namespace drawbridge {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

constexpr std::array<std::string_view, kCloseOutcomes> kOutcomes = {"closed_clean", "closed_timeout",
                                                                    "closed_aborted", "closed_rejected"};

template <typename Number>
double Double(Number number) {
  return static_cast<double>(number);
}

prometheus::MetricFamily ByDirection(const char* name, const char* help, uint64_t received, uint64_t sent) {
  auto family = CounterFamily(name, help);
  AddValue(&family, Double(received), {{"direction", "received"}});
  AddValue(&family, Double(sent), {{"direction", "sent"}});
  return family;
}

template <size_t N, typename Words>
prometheus::MetricFamily ByWord(const char* name, const char* help, const char* label,
                                const std::array<uint64_t, N>& counts, const Words& words) {
  auto family = CounterFamily(name, help);
  for (size_t i = 0; i < N; ++i) AddValue(&family, Double(counts[i]), {{label, std::string(words[i])}});
  return family;
}

// The usual code of each cause is exported from the start, so that rate() sees its first occurrence. Other
// codes are exported once they occur.
prometheus::MetricFamily Closed(const Totals& totals) {
  auto family = CounterFamily("drawbridge_connections_closed_total",
                              "Connections that ended, by cause and by the code of the close frame sent.");
  for (const CloseCauseInfo& cause : CloseCauses()) {
    const auto& counts = totals.closed[static_cast<size_t>(cause.cause)];
    for (size_t i = 0; i < kCloseCodes; ++i) {
      if (counts[i] == 0 && i != CloseCodeIndex(cause.code)) continue;
      AddValue(&family, Double(counts[i]),
               {{"cause", std::string(cause.word)}, {"code", std::string(CloseCodeWord(i))}});
    }
  }
  return family;
}

prometheus::MetricFamily TlsHandshakes(const Totals& totals) {
  auto family = CounterFamily("drawbridge_tls_handshakes_total", "Finished TLS handshakes of clients.");
  const auto add = [&](TlsHandshake which, const char* result, const char* version) {
    AddValue(&family, Double(totals.tls_handshakes[static_cast<size_t>(which)]),
             {{"result", result}, {"version", version}});
  };
  add(TlsHandshake::kTls12, "ok", "TLSv1.2");
  add(TlsHandshake::kTls13, "ok", "TLSv1.3");
  add(TlsHandshake::kFailed, "failed", "none");
  return family;
}

prometheus::MetricFamily MessageSizes(const Totals& totals) {
  std::vector<std::pair<double, uint64_t>> bounds;
  for (size_t i = 0; i + 1 < kMessageSizes; ++i) {
    bounds.emplace_back(std::exp2(i + 1) - 1, totals.received_messages[i]);
  }
  return HistogramOf("drawbridge_message_size_bytes", "Payload bytes of each message received.", bounds,
                     totals.received_messages.back(), Double(totals.received_bytes));
}

uint64_t ReceivedMessages(const Totals& totals) {
  uint64_t count = 0;
  for (const uint64_t each : totals.received_messages) count += each;
  return count;
}

void AddMessages(const SendBudget& budget, const Totals& totals, Families* families) {
  families->push_back(ByDirection("drawbridge_messages_total", "Messages of clients.",
                                  ReceivedMessages(totals), totals.sent_messages));
  families->push_back(ByDirection("drawbridge_bytes_total", "Payload bytes of messages.",
                                  totals.received_bytes, totals.sent_bytes));
  families->push_back(MessageSizes(totals));
  families->push_back(GaugeOf("drawbridge_send_queue_bytes",
                              "Bytes that wait to be sent to clients that do not read them.",
                              Double(totals.send_queue_bytes)));
  families->push_back(GaugeOf("drawbridge_send_queue_memory_bytes",
                              "Memory of the send queues; a payload counts once for all clients.",
                              Double(budget.used())));
  families->push_back(GaugeOf("drawbridge_max_send_queue_memory_bytes",
                              "Limit of that memory (--send_queue_total_bytes); 0: no limit.",
                              Double(budget.limit())));
  auto refused = CounterFamily("drawbridge_sends_refused_total",
                               "Messages of the control API that a full send queue refused, per client.");
  AddValue(&refused, Double(budget.refused_by_client()), {{"reason", "client_full"}});
  AddValue(&refused, Double(budget.refused_by_node()), {{"reason", "node_full"}});
  families->push_back(std::move(refused));
  families->push_back(HistogramOf("drawbridge_ping_round_trip_seconds",
                                  "Time from a ping of the gateway to its pong.", totals.round_trips));
}

void AddConnections(const Gateway& gateway, const Totals& totals, Families* families) {
  const Registry& registry = gateway.registry();
  families->push_back(
      GaugeOf("drawbridge_connections", "Clients that are connected.", Double(registry.size())));
  families->push_back(GaugeOf("drawbridge_max_connections",
                              "Clients that may be connected (--max_connections).",
                              Double(gateway.max_connections())));
  families->push_back(CounterOf("drawbridge_connections_opened_total", "Connections that were opened.",
                                Double(registry.opened())));
  families->push_back(Closed(totals));
  families->push_back(ByWord("drawbridge_handshakes_total", "Opening handshakes, by result.", "result",
                             totals.handshakes, HandshakeResultWords()));
  families->push_back(ByWord("drawbridge_renewals_total", "Requests for a renewal, by result.", "result",
                             totals.renewals, RenewalResultWords()));
  families->push_back(ByWord("drawbridge_interrupts_total",
                             "Connections that the control API ended, by outcome.", "outcome",
                             totals.interrupts, kOutcomes));
  families->push_back(HistogramOf("drawbridge_interrupt_duration_seconds",
                                  "Time from accepting an interrupt to closing the socket.",
                                  totals.interrupt_times));
  families->push_back(GaugeOf("drawbridge_history_connections", "Ended connections that are remembered.",
                              Double(registry.history_size())));
  families->push_back(CounterOf("drawbridge_events_total",
                                "Openings, changes and ends that were recorded for watches.",
                                Double(registry.events().end())));
}

void AddTls(const Gateway& gateway, const Totals& totals, Families* families) {
  const auto not_after = gateway.certificate_not_after();
  if (!not_after.has_value()) return;
  families->push_back(TlsHandshakes(totals));
  families->push_back(GaugeOf("drawbridge_tls_certificate_not_after_timestamp_seconds",
                              "When the certificate for clients expires, in seconds since 1970.",
                              std::chrono::duration<double>(not_after->time_since_epoch()).count()));
}

}  // namespace

Families GatewayMetrics(const Gateway& gateway) {
  const Totals totals = gateway.totals();
  Families families;
  families.push_back(
      GaugeOf("drawbridge_build_info", "Always 1; its label is the release.", 1, {{"version", kVersion}}));
  AddConnections(gateway, totals, &families);
  AddMessages(gateway.send_budget(), totals, &families);
  AddTls(gateway, totals, &families);
  families.push_back(HistogramOf("drawbridge_event_loop_lag_seconds",
                                 "How late timers of the I/O threads run, measured ten times a second.",
                                 totals.loop_lags));
  return families;
}

}  // namespace drawbridge
