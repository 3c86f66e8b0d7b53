#include "services/server/reloadable_flags.h"

#include <algorithm>

namespace drawbridge {

const std::vector<std::string>& ReloadableFlags() {
  static const auto& names = *new std::vector<std::string>{
      "allowed_hosts",         "allowed_origins",
      "bytes_per_second",      "drain_code",
      "drain_grace",           "drain_not_ready",
      "drain_spread",          "handshake_timeout",
      "handshakes_per_second", "idle_timeout",
      "keepalive_proves_life", "log_level",
      "max_age_code",          "max_connection_age",
      "max_connections",       "max_connections_per_address",
      "max_handshake_bytes",   "max_message_bytes",
      "messages_per_second",   "not_ready_when_full",
      "ping_interval",         "pong_timeout",
      "send_queue_bytes",      "send_queue_total_bytes",
      "send_stall_timeout",    "subprotocol_token_prefixes",
      "subprotocols",          "trusted_header",
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
  to->keepalive_proves_life = from.keepalive_proves_life;
  to->log_level = from.log_level;
  to->max_age_code = from.max_age_code;
  to->max_connection_age = from.max_connection_age;
  to->max_connections = from.max_connections;
  to->max_connections_per_address = from.max_connections_per_address;
  to->max_handshake_bytes = from.max_handshake_bytes;
  to->max_message_bytes = from.max_message_bytes;
  to->messages_per_second = from.messages_per_second;
  to->not_ready_when_full = from.not_ready_when_full;
  to->ping_interval = from.ping_interval;
  to->pong_timeout = from.pong_timeout;
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
