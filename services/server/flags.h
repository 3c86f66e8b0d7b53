// The flags of the gateway, parsed and checked before anything starts.
#ifndef DRAWBRIDGE_SERVICES_SERVER_FLAGS_H_
#define DRAWBRIDGE_SERVICES_SERVER_FLAGS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "gateway/connections/close.h"
#include "gateway/listener/subprotocols.h"
#include "gateway/session/deflate_options.h"

namespace drawbridge {

inline constexpr char kJwtAlgorithms[] = "RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA";

// The defaults are those of --help.
struct Flags {
  std::string flagfile;  // empty: none
  bool health_check = false;
  std::string listen = "0.0.0.0:8080";
  std::string control_listen = "127.0.0.1:9090";
  bool control_insecure = false;
  std::string admin_listen = "127.0.0.1:9091";
  std::string control_tls_cert;  // empty: no TLS
  std::string control_tls_key;
  std::string control_tls_client_ca;
  std::string control_tls_client_auth = "none";
  std::string bans_file;       // empty: bans do not survive a restart
  std::string control_tokens;  // empty: callers are not authenticated
  std::string tls_cert;        // empty: no TLS
  std::string tls_key;
  std::string tls_client_ca;
  std::string tls_client_auth = "none";
  std::string node_id;  // default: the host name
  int io_threads = 1;   // default: the number of cores
  std::string handler = "echo";
  size_t max_connections = 0;              // default: what the descriptor limit leaves
  size_t control_connections = 1024;       // no flag: follows from the descriptor limit
  size_t max_connections_per_address = 0;  // 0 in these four: no bound
  uint64_t handshakes_per_second = 0;
  uint64_t messages_per_second = 0;
  uint64_t bytes_per_second = 0;
  std::string allowed_hosts;                  // as HostPolicy::Parse takes it
  std::string allowed_origins = "same_host";  // as OriginPolicy::Parse takes it
  std::string subprotocols;                   // as SubprotocolPolicy::Parse takes it and the next
  std::string subprotocol_token_prefixes = kTokenPrefixes;
  std::string jwt_keys;                    // a file or an https URL; empty: no tokens
  std::string jwt_keys_ca;                 // empty: the authorities of the system
  std::string jwt_issuer;                  // empty in these two: any
  std::string jwt_audience;                // comma-separated
  std::string jwt_audience_claim = "aud";  // as ClaimPath::Parse takes it and the next
  std::string jwt_principal_claim = "sub";
  std::string jwt_label;                        // as ParseLabelRules takes each
  std::string jwt_algorithms = kJwtAlgorithms;  // as ParseAlgorithms takes it
  std::chrono::nanoseconds jwt_leeway = std::chrono::seconds(30);
  bool jwt_required = true;
  std::string jwt_sources = "authorization";  // as TokenSources::Parse takes it
  bool jwt_refuse_by_close = false;
  uint16_t jwt_refused_code = Describe(CloseCause::kInterrupted).code;
  uint16_t jwt_expired_code = Describe(CloseCause::kExpired).code;
  std::string principal_header;  // as IdentityHeaders::Parse takes it and the next
  std::string label_header;
  size_t max_connections_per_principal = 0;
  std::string per_principal_policy = "refuse_newest";
  std::string trusted_header = "auto";  // as TrustedHeaders::Parse takes it
  std::string trusted_proxies;          // as TrustedProxies::Parse takes it
  size_t max_handshake_bytes = 16 << 10;
  size_t max_message_bytes = 1 << 20;
  size_t send_queue_bytes = 1 << 20;
  size_t send_queue_total_bytes = 0;  // default: a quarter of the memory; 0: no bound
  std::chrono::nanoseconds send_stall_timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds ping_interval = std::chrono::seconds(25);
  std::chrono::nanoseconds pong_timeout = std::chrono::seconds(10);
  bool not_ready_when_full = false;
  bool keepalive_proves_life = false;
  std::chrono::nanoseconds idle_timeout{0};
  std::chrono::nanoseconds max_connection_age{0};
  uint16_t max_age_code = Describe(CloseCause::kMaxAge).code;
  std::chrono::nanoseconds drain_not_ready{0};
  std::chrono::nanoseconds drain_spread = std::chrono::seconds(30);
  std::chrono::nanoseconds drain_grace = std::chrono::seconds(5);
  uint16_t drain_code = Describe(CloseCause::kShutdown).code;
  bool permessage_deflate = false;
  DeflateOptions deflate;
  std::string log_format = "text";
  std::string log_level = "info";

  // The value of each flag as text, by name. Equal values have equal texts.
  std::map<std::string, std::string> texts;
  // Accepted input that may be a mistake, one sentence each.
  std::vector<std::string> warnings;
};

// The limits of the machine. A parameter, so that tests can set them.
struct Machine {
  std::string host_name;
  int cores = 1;
  size_t descriptors = 0;
  size_t memory = 0;  // bytes that the process may use; 0: unknown

  // Queries the operating system. First raises the process's soft limit of descriptors to the hard limit.
  static Machine This();
};

// The program must exit at once: with code 0 after --help or --version (`text` is for standard output), with
// code 2 after a bad flag (`text` is one line for standard error that says what to change).
struct EarlyExit {
  int code;
  std::string text;
};

// The command line overrides --flagfile, which overrides the environment (DRAWBRIDGE_<NAME>). Blocks on the
// file system. `running`: at a reload, the flags that the process runs with. A flag that has not changed is
// not checked again, so that a certificate that is being replaced does not prevent a change of other flags.
std::variant<Flags, EarlyExit> ParseFlags(int argc, const char* const* argv, const Machine& machine,
                                          const Flags* running = nullptr);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_FLAGS_H_
