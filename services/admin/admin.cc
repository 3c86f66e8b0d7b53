#include "services/admin/admin.h"

#include <prometheus/text_serializer.h>

#include <iterator>
#include <utility>
#include <vector>

#include "gateway/base/log.h"
#include "services/admin/ban_metrics.h"
#include "services/admin/control_port_metrics.h"
#include "services/admin/families.h"
#include "services/admin/gateway_metrics.h"
#include "services/admin/identity_metrics.h"
#include "services/admin/process_metrics.h"

namespace drawbridge {
namespace {

// The text exposition format 0.0.4, which all versions of Prometheus read.
constexpr char kTextFormat[] = "text/plain; version=0.0.4; charset=utf-8";

using Families = std::vector<prometheus::MetricFamily>;

void Append(Families more, Families* families) {
  families->insert(families->end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
}

}  // namespace

Admin::Admin(const std::string& listen, Node node, std::function<void()> tick)
    : node_(std::move(node)), server_({.listen = listen, .clock = &node_.clock}, Pages(), std::move(tick)) {}

HttpServer::Pages Admin::Pages() const {
  return {{"/metrics",
           [this] {
             return Page{200, Metrics(), kTextFormat};
           }},
          {"/healthz",
           [this] {
             return Healthz(node_.gateway.last_turns(), node_.clock.Steady(), node_.control_port.problem());
           }},
          {"/readyz", [this] { return Readyz(node_.not_ready()); }},
          {"/", [this] { return Root(node_.not_ready()); }}};
}

std::string Admin::Metrics() const {
  Families families = GatewayMetrics(node_.gateway);
  families.push_back(GaugeOf("drawbridge_ready", "1 while the node accepts new clients, as /readyz reports.",
                             node_.not_ready().has_value() ? 0 : 1));
  families.push_back(GaugeOf("drawbridge_watches", "Watches of the control API that are in progress.",
                             static_cast<double>(node_.watches.size())));
  families.push_back(GaugeOf("drawbridge_watch_queue_bytes",
                             "Bytes of responses that wait for the callers of watches.",
                             static_cast<double>(node_.watches.queued_bytes())));
  Append(BanMetrics(node_.gateway.bans()), &families);
  Append(IdentityMetrics(node_.gateway.tokens(), node_.clock), &families);
  Append(ControlPortMetrics(node_.control_port), &families);
  Append(node_.rpcs.Collect(), &families);
  if (const auto not_after = node_.control_certificate_not_after(); not_after.has_value()) {
    families.push_back(GaugeOf("drawbridge_control_tls_certificate_not_after_timestamp_seconds",
                               "When the certificate of the control port expires, in seconds since 1970.",
                               std::chrono::duration<double>(not_after->time_since_epoch()).count()));
  }
  Append(node_.reloads.Collect(), &families);
  families.push_back(CounterOf("drawbridge_log_lines_lost_total",
                               "Lines of the log that were lost because standard error was read too slowly.",
                               static_cast<double>(LostLogLines())));
  Append(ProcessMetrics(), &families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace drawbridge
