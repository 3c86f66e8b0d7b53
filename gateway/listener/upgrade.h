// Takes a fresh socket through its HTTP request and either makes it a session or says why not.
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

// What may change while the gateway runs. Never changed, only replaced.
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

// What all upgrades of a gateway share. Outlives its threads, as every policy does.
struct UpgradeContext {
  std::atomic<const UpgradePolicy*> policy;
  Handler* handler;
  Registry* registry;
  AddressSlots* address_slots;
  const TlsContext* tls = nullptr;     // null: plain
  std::atomic<bool> refusing = false;  // the node is going away: 503 for whoever asks
};

// Lives on one I/O thread until its verdict is delivered.
class Upgrade final : public EventTarget {
 public:
  // Whether the client is to be told, once it has asked, that it comes in vain.
  enum class Refusal : uint8_t {
    kNone,
    kFull,     // 503; `slot` is one for refusals
    kTooMany,  // 429: its address has as many connections as it may; `slot` is one for refusals
  };
  struct Accepted {
    Link link;
    SocketAddress peer;
    Slot slot;
    AddressSlot address_slot;
    Refusal refusal = Refusal::kNone;
    bool by_proxy = false;  // the peer is a trusted one, and no address is counted yet
  };
  // On `thread`.
  static void Start(IoThread& thread, UpgradeContext& context, Accepted accepted);

  // For Start and the I/O thread.
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
  const UpgradePolicy& policy_;  // as it was when the client came
  Accepted accepted_;
  std::unique_ptr<ProxyHeader> preface_;  // null: none is to come
  RequestReader reader_;
  uint32_t interest_;
  bool behind_proxy_protocol_ = false;
  bool is_check_ = false;  // of a proxy, which is no client: it is not counted among those that are refused
  bool tls_ = false;       // whether the client came by TLS, as far as is known
  bool answered_ = false;  // with plain HTTP; the socket lingers until the client has read it
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_UPGRADE_H_
