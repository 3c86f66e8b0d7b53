// Reads the HTTP request from a new socket and either upgrades it to a session or refuses it.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_UPGRADE_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_UPGRADE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/log.h"
#include "gateway/connections/address_slots.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/principal_slots.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/slots.h"
#include "gateway/connections/thread_counters.h"
#include "gateway/handlers/handler.h"
#include "gateway/identity/client_identity.h"
#include "gateway/identity/token_checker.h"
#include "gateway/listener/address.h"
#include "gateway/listener/handshake.h"
#include "gateway/listener/host_policy.h"
#include "gateway/listener/http_answer.h"
#include "gateway/listener/identity_policy.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/proxy_protocol.h"
#include "gateway/listener/refusal_delays.h"
#include "gateway/listener/renewal.h"
#include "gateway/listener/renewal_body.h"
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
  IdentityPolicy identity;
};

// Shared by all upgrades of a gateway. Outlives the I/O threads, as every policy does.
struct UpgradeContext {
  std::atomic<const UpgradePolicy*> policy;
  Handler* handler;
  Registry* registry;
  AddressSlots* address_slots;
  PrincipalSlots* principal_slots;
  Bans* bans;
  TokenChecker* tokens;  // null: there are no keys, and no policy has rules
  RefusalDelays* refusal_delays;
  Slots* refusal_slots;
  Slots* held_slots;                   // for those of them that wait to be closed
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
    PrincipalSlot principal_slot;
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
  static HttpAnswer TooMany();
  void Decide(Verdict verdict);
  std::optional<HttpAnswer> PlaceRefusal() const;
  bool PassesPolicies(const std::string& host, const std::string& origin);
  void Believe(const ForwardingHeaders& headers);
  bool CountAddress(const SocketAddress& client);

  // The identity of the client (upgrade_identity.cc).
  void Identify(UpgradeRequest request, const IdentityPointer& told);
  bool TakeHeaders(IdentityPointer* identity);
  bool TakeToken(UpgradeRequest* request, std::string* token);
  void Verify(UpgradeRequest request, std::string token);
  void OnChecked(const TokenCheck& check);
  void Abandon();
  void RefuseToken(const UpgradeRequest& request, std::string_view rule, const HttpAnswer& answer);
  bool Hold(const UpgradeRequest& request, std::string_view reason);
  void CloseHeld();

  // A request to renew identities instead of an upgrade (upgrade_renewal.cc).
  void BeginRenewal(RenewalRequest request);
  void TakeRenewalBody(std::span<char> bytes);
  void CheckRenewal();
  void Renew(const IdentityPointer& identity);
  void RenewFurther();
  void LogRenewal() const;

  void Admit(const UpgradeRequest& request, const IdentityPointer& identity, std::span<char> early);
  void Accept(const UpgradeRequest& request, const std::string& principal,
              const AttributesPointer& attributes, std::span<char> early);
  void CloseOldest(const Connection& newest) const;
  void AnswerBanned(const BanHit& ban);
  void Refuse(const HttpAnswer& answer);
  void Answer(const HttpAnswer& answer, std::vector<LogField> about = {});
  void Answer(const HttpAnswer& answer, HandshakeResult result, std::vector<LogField> about);
  void Respond(HttpAnswer answer);
  void LogTlsFailure() const;
  void LogRefusal(const HttpAnswer& answer, std::vector<LogField> about) const;
  void Count(HandshakeResult result);
  void CountTls(IoResult::Status status);
  void Fail(HandshakeResult result);
  void End();

  // How long a refused client may take to read its answer and disconnect. To close at once, with bytes of the
  // client unread, would reset the connection, and the client could lose the answer.
  static constexpr std::chrono::seconds kLinger{2};
  static constexpr char kRetryAfter[] = "Retry-After: 5\r\n";

  // Where the result of a check goes. The upgrade may end before it comes.
  struct Ticket {
    Upgrade* upgrade = nullptr;  // used on the I/O thread only; null: it has ended
    std::atomic<bool> abandoned = false;
  };
  // A request whose token is being verified.
  struct Pending {
    UpgradeRequest request;
    std::string early;  // what the client sent after its request; at most one read
    std::shared_ptr<Ticket> ticket;
  };

  // A request to renew.
  struct Renewing {
    RenewalRequest request;
    std::string cors;  // headers for every answer
    std::string body;  // as far as it has arrived
    RenewalIds ids;
    std::unique_ptr<Renewal> renewal;  // null until the token is verified
  };

  IoThread& thread_;
  UpgradeContext& context_;
  const UpgradePolicy& policy_;  // the one in effect when the client connected
  Accepted accepted_;
  std::unique_ptr<ProxyHeader> preface_;  // null: no PROXY protocol header is expected
  RequestReader reader_;
  std::unique_ptr<Pending> pending_;    // null: no token is being verified
  std::unique_ptr<Renewing> renewing_;  // null: an upgrade is asked for
  Slot held_slot_;                      // taken: accepted, and closed at the deadline
  std::string held_reason_;             // of the close frame
  uint32_t interest_;
  bool behind_proxy_protocol_ = false;
  // Whether accepted_.peer, before any header is believed, has written the request. Behind the PROXY protocol
  // that is the source that the header tells, and not the proxy itself, which passes bytes as they are.
  bool writer_known_ = true;
  bool is_check_ = false;  // a health check of a proxy: refusals of it are neither counted nor logged
  bool tls_ = false;       // whether the client uses TLS, as far as is known
  bool answered_ = false;  // with plain HTTP; the socket stays open until the client has read the answer
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_UPGRADE_H_
