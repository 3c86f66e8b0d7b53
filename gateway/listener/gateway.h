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
#include "gateway/connections/close.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/send_budget.h"
#include "gateway/connections/slots.h"
#include "gateway/connections/thread_counters.h"
#include "gateway/handlers/handler.h"
#include "gateway/listener/host_policy.h"
#include "gateway/listener/listener.h"
#include "gateway/listener/origin_policy.h"
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
  size_t max_connections_per_address = 0;  // 0: no bound
  size_t send_queue_total_bytes = 0;       // as SendBudget counts them; 0: no bound
  uint64_t handshakes_per_second = 0;      // 0: no bound
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds(10);
  size_t max_handshake_bytes = kMaxHandshakeBytes;
  HostPolicy allowed_hosts;
  OriginPolicy allowed_origins;
  SubprotocolPolicy subprotocols;
  TrustedProxies trusted_proxies;
  TrustedHeaders trusted_headers;
  SessionOptions session;
  Registry::Options registry;
  TlsFiles tls;  // without a certificate: plain
};

// The public functions: any thread, except as said.
class Gateway {
 public:
  // Clients at a time that are told why they are refused, beyond `max_connections`. Where the gateway is
  // full, the rest wait in the kernel's backlog; where their address has too many connections, the rest are
  // reset.
  static constexpr size_t kRefusals = 64;

  // Binds and serves at once. `handler` and `clock` must outlive the gateway. Throws as ListenSocket and
  // TlsContext do.
  Gateway(const GatewayOptions& options, NodeIdentity node, Handler* handler, const Clock* clock);
  // Stops the threads; who is still connected is cut.
  ~Gateway();

  Registry& registry() { return registry_; }
  const Registry& registry() const { return registry_; }
  const Clock& clock() const { return *clock_; }
  const std::string& address() const { return socket_.address(); }
  size_t max_connections() const { return slots_.capacity(); }
  SendBudget& send_budget() { return send_budget_; }
  const SendBudget& send_budget() const { return send_budget_; }
  // Whether the next client gets 503.
  bool full() const { return slots_.taken() >= slots_.capacity(); }

  // What its threads counted; of messages, what they counted up to their last tick.
  Totals totals() const;
  // When each thread's loop last came round.
  std::vector<SteadyTime> last_turns() const;
  // Of the certificate that new clients get; nullopt: plain.
  std::optional<std::chrono::system_clock::time_point> certificate_not_after() const;

  // One thread at a time. Takes over what may change while it runs: the number of connections, of all and of
  // an address, the bound of all send queues, the rate, the size and the patience of handshakes, hosts,
  // origins, subprotocols, proxies, and for clients to come what `session` says. Nothing else of `options` is
  // looked at.
  void Apply(const GatewayOptions& options);

  // Reads the files of TLS again, for clients to come. Throws as TlsContext::Reload does; then the old ones
  // stay. Not without TLS.
  void ReloadTls() { tls_->Reload(); }

  // Takes no more clients: the port is closed, and who is in the middle of an upgrade gets 503. Blocks until
  // it is so. One thread at a time calls it and the next.
  void StopAccepting();
  // Takes clients again, on the same port. Throws as ListenSocket does where that cannot be had any more;
  // nothing has changed then.
  void ResumeAccepting();

  // Cuts every client now, those too whose closing has grace left. Blocks until they are gone.
  void CutEveryone();

 private:
  void Deal(Upgrade::Accepted accepted);

  const Clock* const clock_;
  SendBudget send_budget_;
  Registry registry_;
  Slots slots_;
  Slots refusal_slots_;
  AddressSlots address_slots_;
  std::unique_ptr<TlsContext> tls_;    // null: plain
  std::list<UpgradePolicy> policies_;  // each that ever held: sessions point to theirs; Apply's alone
  UpgradeContext upgrades_;
  ListenSocket socket_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::unique_ptr<Listener> listener_;  // on the first thread
  size_t next_thread_ = 0;              // the first thread's
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_GATEWAY_H_
