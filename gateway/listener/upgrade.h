// Reads the HTTP request from a new socket and either upgrades it to a session or refuses it.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_UPGRADE_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_UPGRADE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "gateway/base/log.h"
#include "gateway/connections/address_slots.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/slots.h"
#include "gateway/connections/thread_counters.h"
#include "gateway/handlers/handler.h"
#include "gateway/listener/address.h"
#include "gateway/listener/handshake.h"
#include "gateway/listener/host_policy.h"
#include "gateway/listener/http_answer.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/proxy_protocol.h"
#include "gateway/listener/request_reader.h"
#include "gateway/listener/subprotocols.h"
#include "gateway/listener/trusted_headers.h"
#include "gateway/listener/trusted_proxies.h"
#include "gateway/session/event_target.h"
#include "gateway/session/io_thread.h"
#include "gateway/session/link.h"
#include "gateway/session/session.h"
#include "gateway/session/tls_context.h"

namespace drawbridge {

// The settings that may change while the gateway runs. An object is immutable: a change installs a new one.
struct UpgradePolicy {
  std::chrono::nanoseconds handshake_timeout;
  size_t max_handshake_bytes;
  SessionOptions session;
  TrustedProxies trusted_proxies;
  TrustedHeaders trusted_headers;
  HostPolicy allowed_hosts;
  OriginPolicy allowed_origins;
  SubprotocolPolicy subprotocols;
};

// Shared by all upgrades of a gateway. Outlives the I/O threads, as every policy does.
struct UpgradeContext {
  std::atomic<const UpgradePolicy*> policy;
  Handler* handler;
  Registry* registry;
  AddressSlots* address_slots;
  const TlsContext* tls = nullptr;     // null: plain
  std::atomic<bool> refusing = false;  // the node is draining: new requests get 503
};

// Lives on one I/O thread until it has answered the request.
class Upgrade final : public EventTarget {
 public:
  // Whether and why the client is refused once its request is read.
  enum class Refusal : uint8_t {
    kNone,
    kFull,     // 503; `slot` is one for refusals
    kTooMany,  // 429: its address has the maximum of connections; `slot` is one for refusals
  };
  struct Accepted {
    Link link;
    SocketAddress peer;
    Slot slot;
    AddressSlot address_slot;
    Refusal refusal = Refusal::kNone;
    bool by_proxy = false;  // the peer is a trusted proxy, and the address of the client is not counted yet
  };
  // Call it on `thread`.
  static void Start(IoThread& thread, UpgradeContext& context, Accepted accepted);

  // Public for Start and the I/O thread only.
  Upgrade(IoThread& thread, UpgradeContext& context, Accepted accepted);
  ~Upgrade() override;
  void OnReady(uint32_t events) override;
  void OnDeadline() override;
  void Cut() override;

 private:
  bool TakePreface();
  bool Replay(std::string_view bytes);
  void Receive();
  void UpdateInterest();
  void Decide(const Verdict& verdict);
  void Believe(const ForwardingHeaders& headers);
  bool CountAddress(const SocketAddress& client);
  void Accept(const UpgradeRequest& request);
  void Refuse(const HttpAnswer& answer);
  void Answer(const HttpAnswer& answer, std::optional<LogField> about = std::nullopt);
  void LogTlsFailure() const;
  void LogRefusal(const HttpAnswer& answer, std::optional<LogField> about) const;
  void Count(HandshakeResult result);
  void CountTls(IoResult::Status status);
  void Fail(HandshakeResult result);
  void End();

  IoThread& thread_;
  UpgradeContext& context_;
  const UpgradePolicy& policy_;  // the one in effect when the client connected
  Accepted accepted_;
  std::unique_ptr<ProxyHeader> preface_;  // null: no PROXY protocol header is expected
  RequestReader reader_;
  uint32_t interest_;
  bool behind_proxy_protocol_ = false;
  bool is_check_ = false;  // a health check of a proxy: refusals of it are neither counted nor logged
  bool tls_ = false;       // whether the client uses TLS, as far as is known
  bool answered_ = false;  // with plain HTTP; the socket stays open until the client has read the answer
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_UPGRADE_H_
