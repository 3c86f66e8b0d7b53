#include "services/server/reloadable_flags.h"

#include <algorithm>

namespace drawbridge {

const std::vector<std::string>& ReloadableFlags() {
  static const auto& names = *new std::vector<std::string>{
      "allowed_hosts",
      "allowed_origins",
      "bytes_per_second",
      "drain_code",
      "drain_grace",
      "drain_not_ready",
      "drain_spread",
      "handshake_timeout",
      "handshakes_per_second",
      "idle_timeout",
      "jwt_algorithms",
      "jwt_audience",
      "jwt_audience_claim",
      "jwt_expired_code",
      "jwt_issuer",
      "jwt_label",
      "jwt_leeway",
      "jwt_principal_claim",
      "jwt_refuse_by_close",
      "jwt_refused_code",
      "jwt_required",
      "jwt_sources",
      "keepalive_proves_life",
      "label_header",
      "log_level",
      "max_age_code",
      "max_connection_age",
      "max_connections",
      "max_connections_per_address",
      "max_connections_per_principal",
      "max_handshake_bytes",
      "max_message_bytes",
      "messages_per_second",
      "not_ready_when_full",
      "per_principal_policy",
      "ping_interval",
      "pong_timeout",
      "principal_header",
      "send_queue_bytes",
      "send_queue_total_bytes",
      "send_stall_timeout",
      "subprotocol_token_prefixes",
      "subprotocols",
      "trusted_header",
      "trusted_proxies",
  };
  return names;
}

FlagChanges TakeReloadable(const Flags& from, Flags* to) {
  to->allowed_hosts = from.allowed_hosts;
  to->allowed_origins = from.allowed_origins;
  to->bytes_per_second = from.bytes_per_second;
  to->drain_code = from.drain_code;
  to->drain_grace = from.drain_grace;
  to->drain_not_ready = from.drain_not_ready;
  to->drain_spread = from.drain_spread;
  to->handshake_timeout = from.handshake_timeout;
  to->handshakes_per_second = from.handshakes_per_second;
  to->idle_timeout = from.idle_timeout;
  to->jwt_algorithms = from.jwt_algorithms;
  to->jwt_audience = from.jwt_audience;
  to->jwt_audience_claim = from.jwt_audience_claim;
  to->jwt_expired_code = from.jwt_expired_code;
  to->jwt_issuer = from.jwt_issuer;
  to->jwt_label = from.jwt_label;
  to->jwt_leeway = from.jwt_leeway;
  to->jwt_principal_claim = from.jwt_principal_claim;
  to->jwt_refuse_by_close = from.jwt_refuse_by_close;
  to->jwt_refused_code = from.jwt_refused_code;
  to->jwt_required = from.jwt_required;
  to->jwt_sources = from.jwt_sources;
  to->keepalive_proves_life = from.keepalive_proves_life;
  to->label_header = from.label_header;
  to->log_level = from.log_level;
  to->max_age_code = from.max_age_code;
  to->max_connection_age = from.max_connection_age;
  to->max_connections = from.max_connections;
  to->max_connections_per_address = from.max_connections_per_address;
  to->max_connections_per_principal = from.max_connections_per_principal;
  to->max_handshake_bytes = from.max_handshake_bytes;
  to->max_message_bytes = from.max_message_bytes;
  to->messages_per_second = from.messages_per_second;
  to->not_ready_when_full = from.not_ready_when_full;
  to->per_principal_policy = from.per_principal_policy;
  to->ping_interval = from.ping_interval;
  to->pong_timeout = from.pong_timeout;
  to->principal_header = from.principal_header;
  to->send_queue_bytes = from.send_queue_bytes;
  to->send_queue_total_bytes = from.send_queue_total_bytes;
  to->send_stall_timeout = from.send_stall_timeout;
  to->subprotocol_token_prefixes = from.subprotocol_token_prefixes;
  to->subprotocols = from.subprotocols;
  to->trusted_header = from.trusted_header;
  to->trusted_proxies = from.trusted_proxies;
  FlagChanges changes;
  for (const auto& [name, text] : from.texts) {
    std::string& current = to->texts[name];
    if (current == text) continue;
    const bool reloadable = std::ranges::find(ReloadableFlags(), name) != ReloadableFlags().end();
    (reloadable ? changes.taken : changes.need_restart).push_back({name, current, text});
    if (reloadable) current = text;
  }
  return changes;
}

}  // namespace drawbridge
