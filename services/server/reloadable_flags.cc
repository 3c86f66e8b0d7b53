#include "services/server/reloadable_flags.h"

namespace drawbridge {

const std::vector<std::string>& ReloadableFlags() {
  static const auto& names = *new std::vector<std::string>{
      "allowed_origins",   "bytes_per_second",    "drain_grace",           "drain_not_ready",
      "drain_spread",      "handshake_timeout",   "handshakes_per_second", "idle_timeout",
      "log_level",         "max_connection_age",  "max_connections",       "max_connections_per_address",
      "max_message_bytes", "messages_per_second", "ping_interval",         "pong_timeout",
      "send_queue_bytes",  "send_stall_timeout",  "trusted_proxies"};
  return names;
}

std::vector<std::string> TakeReloadable(const Flags& from, Flags* to) {
  to->allowed_origins = from.allowed_origins;
  to->bytes_per_second = from.bytes_per_second;
  to->drain_grace = from.drain_grace;
  to->drain_not_ready = from.drain_not_ready;
  to->drain_spread = from.drain_spread;
  to->handshake_timeout = from.handshake_timeout;
  to->handshakes_per_second = from.handshakes_per_second;
  to->idle_timeout = from.idle_timeout;
  to->log_level = from.log_level;
  to->max_connection_age = from.max_connection_age;
  to->max_connections = from.max_connections;
  to->max_connections_per_address = from.max_connections_per_address;
  to->max_message_bytes = from.max_message_bytes;
  to->messages_per_second = from.messages_per_second;
  to->ping_interval = from.ping_interval;
  to->pong_timeout = from.pong_timeout;
  to->send_queue_bytes = from.send_queue_bytes;
  to->send_stall_timeout = from.send_stall_timeout;
  to->trusted_proxies = from.trusted_proxies;
  for (const std::string& name : ReloadableFlags()) to->texts[name] = from.texts.at(name);
  std::vector<std::string> others;
  for (const auto& [name, text] : from.texts) {
    if (to->texts[name] != text) others.push_back(name);
  }
  return others;
}

}  // namespace drawbridge
