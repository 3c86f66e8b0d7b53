// The data plane as one object: threads, listener, registry.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_GATEWAY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_GATEWAY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/address_slots.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/close.h"
#include "gateway/connections/principal_slots.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/send_budget.h"
#include "gateway/connections/slots.h"
#include "gateway/connections/thread_counters.h"
#include "gateway/handlers/handler.h"
#include "gateway/identity/key_source.h"
#include "gateway/identity/token_checker.h"
#include "gateway/listener/host_policy.h"
#include "gateway/listener/identity_policy.h"
#include "gateway/listener/listener.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/refusal_delays.h"
#include "gateway/listener/request_reader.h"
#include "gateway/listener/subprotocols.h"
#include "gateway/listener/trusted_headers.h"
#include "gateway/listener/trusted_proxies.h"
#include "gateway/listener/upgrade.h"
#include "gateway/session/io_thread.h"
#include "gateway/session/session.h"
#include "gateway/session/tls_context.h"

namespace drawbridge {

struct GatewayOptions {
  std::string listen = "127.0.0.1:0";
  int io_threads = 1;
  size_t max_connections = 10'000;
  size_t max_connections_per_address = 0;    // 0: no bound
  size_t max_connections_per_principal = 0;  // 0: no bound
  size_t send_queue_total_bytes = 0;         // as SendBudget counts them; 0: no bound
  uint64_t handshakes_per_second = 0;        // 0: no bound
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds(10);
  size_t max_handshake_bytes = kMaxHandshakeBytes;
  HostPolicy allowed_hosts;
  OriginPolicy allowed_origins;
  SubprotocolPolicy subprotocols;
  TrustedProxies trusted_proxies;
  TrustedHeaders trusted_headers;
  IdentityPolicy identity;
  // Verifies tokens; must outlive the gateway. Null: no tokens, and `identity` must have no rules.
  KeySource* keys = nullptr;
  SessionOptions session;
  Registry::Options registry;
  std::vector<Ban> bans;  // in force before the first client connects; at most Bans::kMaxBans
  TlsFiles tls;           // without a certificate: plain
};

// Public functions may be called from any thread, except where noted.
class Gateway {
 public:
  // How many clients beyond `max_connections` can be refused with an HTTP answer at the same time. Further
  // clients wait in the kernel's backlog if the gateway is full, and are reset if their address has too many
  // connections.
  static constexpr size_t kRefusals = 64;
  // How many of these may be accepted clients that wait to be closed (--jwt_refuse_by_close). The others stay
  // free for short answers.
  static constexpr size_t kHeldRefusals = kRefusals / 2;

  // Binds the port and starts serving. `handler` and `clock` must outlive the gateway. Throws what
  // ListenSocket and TlsContext throw.
  Gateway(const GatewayOptions& options, NodeIdentity node, Handler* handler, const Clock* clock);
  // Stops the threads and cuts the remaining connections.
  ~Gateway();

  Registry& registry() { return registry_; }
  const Registry& registry() const { return registry_; }
  const Clock& clock() const { return *clock_; }
  Bans& bans() { return bans_; }
  const Bans& bans() const { return bans_; }
  // Verifies tokens; null: there are no keys.
  TokenChecker* tokens() { return tokens_.get(); }
  const TokenChecker* tokens() const { return tokens_.get(); }
  const std::string& address() const { return socket_.address(); }
  size_t max_connections() const { return slots_.capacity(); }
  SendBudget& send_budget() { return send_budget_; }
  const SendBudget& send_budget() const { return send_budget_; }
  // Whether the next client gets 503.
  bool full() const { return slots_.taken() >= slots_.capacity(); }

  // The sum of the counters of all I/O threads. Message counts are as of each thread's last tick.
  Totals totals() const;
  // When each I/O thread last ran its periodic tick.
  std::vector<SteadyTime> last_turns() const;
  // The expiry of the certificate that new clients get; nullopt without TLS.
  std::optional<std::chrono::system_clock::time_point> certificate_not_after() const;

  // Applies the options that may change at run time: the connection limits, in total, per address and per
  // principal; the limit of all send queues; the rate, size and timeout of handshakes; hosts, origins,
  // subprotocols, trusted proxies and `identity`; and `session`, for new clients. Ignores all other options.
  // Blocks until the I/O thread of the listener has applied them. Call it from one thread at a time.
  void Apply(const GatewayOptions& options);

  // Reads the TLS files again; new clients use them. Throws what TlsContext::Reload throws; the old files
  // then stay in use. Must not be called without TLS. Blocks on the file system.
  void ReloadTls() { tls_->Reload(); }

  // Closes the port; a client in the middle of an upgrade gets 503. Blocks until the port is closed. Call
  // this and ResumeAccepting from one thread at a time.
  void StopAccepting();
  // Opens the same port again. Throws what ListenSocket throws if the port is not available any more; nothing
  // has changed then. Blocks like StopAccepting.
  void ResumeAccepting();

  // Cuts every connection at once, even if its closing has grace left. Blocks until all are gone.
  void CutEveryone();

 private:
  void Deal(Upgrade::Accepted accepted);

  const Clock* const clock_;
  SendBudget send_budget_;
  Registry registry_;
  Slots slots_;
  Slots refusal_slots_;
  Slots held_slots_;
  AddressSlots address_slots_;
  PrincipalSlots principal_slots_;
  Bans bans_;
  RefusalDelays refusal_delays_;
  std::unique_ptr<TokenChecker> tokens_;  // null: no tokens
  std::unique_ptr<TlsContext> tls_;       // null: plain
  std::list<UpgradePolicy> policies_;     // every policy so far: sessions point to theirs; only Apply uses it
  UpgradeContext upgrades_;
  ListenSocket socket_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::unique_ptr<Listener> listener_;  // on the first thread
  size_t next_thread_ = 0;              // used on the first thread only
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_GATEWAY_H_
