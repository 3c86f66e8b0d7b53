#include "gateway/listener/upgrade.h"

#include <sys/epoll.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/listener/deflate_negotiation.h"
#include "gateway/listener/find_ban.h"

namespace drawbridge {
namespace {

// Ends a connection that was listed and never opened.
void Unlist(Registration* registration, CloseRequest request, const Clock& clock) {
  const auto connection = registration->connection();
  connection->Interrupt(std::move(request));
  CloseResult result;
  result.close_time = clock.Steady();
  connection->RecordEnd(std::move(result));
  registration->Reset();
  connection->TellWaiters();
}

}  // namespace

void Upgrade::Start(IoThread& thread, UpgradeContext& context, Accepted accepted) {
  auto upgrade = std::make_unique<Upgrade>(thread, context, std::move(accepted));
  if (context.tls != nullptr && upgrade->preface_ == nullptr) upgrade->accepted_.link.StartTls(*context.tls);
  const UpgradePolicy& policy = upgrade->policy_;
  if (thread.newcomers().Add(upgrade->accepted_.link.fd(), upgrade->interest_, upgrade.get()))
    return;  // no memory: drop it
  thread.deadlines().Set(thread.Adopt(std::move(upgrade)), thread.now() + policy.handshake_timeout);
}

Upgrade::Upgrade(IoThread& thread, UpgradeContext& context, Accepted accepted)
    : thread_(thread),
      context_(context),
      policy_(*context.policy),
      accepted_(std::move(accepted)),
      reader_(policy_.max_handshake_bytes),
      interest_(EPOLLIN) {
  if (accepted_.by_proxy && policy_.trusted_headers.proxy_protocol())
    preface_ = std::make_unique<ProxyHeader>();
}

Upgrade::~Upgrade() { Abandon(); }

void Upgrade::OnReady(uint32_t) {
  if (pending_ != nullptr) return Fail(HandshakeResult::kDisconnected);  // only its end is waited for
  if (held_slot_ && !answered_) return End();
  if (preface_ != nullptr && !TakePreface()) return;
  const bool was_established = accepted_.link.established();
  const IoResult::Status status = accepted_.link.Handshake();
  if (!was_established) CountTls(status);
  switch (status) {
    case IoResult::Status::kOk:
      return Receive();
    case IoResult::Status::kWouldBlock:
      return UpdateInterest();
    case IoResult::Status::kEndOfFile:
    case IoResult::Status::kBroken:
      LogTlsFailure();
      return Fail(HandshakeResult::kTlsFailed);
  }
}

void Upgrade::CountTls(IoResult::Status status) {
  if (status == IoResult::Status::kWouldBlock || is_check_) return;
  const TlsHandshake done = accepted_.link.is_tls13() ? TlsHandshake::kTls13 : TlsHandshake::kTls12;
  thread_.counters().Handshake(status == IoResult::Status::kOk ? done : TlsHandshake::kFailed);
}

// Reads the PROXY protocol header that a trusted proxy may send first. Peeks, so that the bytes after it stay
// in the socket for TLS. True once no more of the header is expected.
bool Upgrade::TakePreface() {
  const std::span<char> buffer = thread_.read_buffer();
  const IoResult result = accepted_.link.Peek(buffer);
  if (result.status == IoResult::Status::kWouldBlock) return false;
  if (result.status != IoResult::Status::kOk) {
    Fail(HandshakeResult::kDisconnected);
    return false;
  }
  const size_t used = preface_->Feed({buffer.data(), result.bytes});
  if (used != 0) accepted_.link.Read(buffer.first(used));
  if (preface_->state() == ProxyHeader::State::kIncomplete) return false;
  const auto preface = std::move(preface_);
  if (preface->state() == ProxyHeader::State::kMalformed) {
    Refuse({400, "malformed PROXY protocol header"});
    return false;
  }
  behind_proxy_protocol_ = preface->state() == ProxyHeader::State::kComplete;
  writer_known_ = !behind_proxy_protocol_ || preface->source().has_value();
  is_check_ = preface->is_local();
  tls_ = preface->client_ssl();
  if (const auto& source = preface->source()) {
    accepted_.peer = *source;
    if (!policy_.trusted_proxies.Contains(source->ip()) && !CountAddress(*source)) return false;
  }
  if (preface->state() == ProxyHeader::State::kAbsent && !Replay(preface->taken())) return false;
  if (context_.tls != nullptr) accepted_.link.StartTls(*context_.tls);
  return true;
}

// Handles bytes that began like a PROXY protocol header but belong to the request. A TLS handshake never
// begins like that.
bool Upgrade::Replay(std::string_view bytes) {
  if (bytes.empty()) return true;
  if (context_.tls != nullptr) {
    Fail(HandshakeResult::kTlsFailed);
    return false;
  }
  std::string copy(bytes);
  auto verdict = reader_.Feed(copy);
  if (!verdict.has_value()) return true;
  Decide(*std::move(verdict));
  return false;
}

void Upgrade::Receive() {
  const std::span<char> buffer = thread_.read_buffer();
  const IoResult result = accepted_.link.Read(buffer);
  if (result.status == IoResult::Status::kWouldBlock) return UpdateInterest();
  if (result.status != IoResult::Status::kOk) {
    return answered_ ? End() : Fail(HandshakeResult::kDisconnected);
  }
  if (answered_) return;
  if (renewing_ != nullptr) return TakeRenewalBody(buffer.first(result.bytes));
  if (auto verdict = reader_.Feed(buffer.first(result.bytes))) return Decide(*std::move(verdict));
  UpdateInterest();
}

// Only a TLS handshake has bytes to send at this stage. Nothing is read while a token is verified or a close
// is delayed, so what the client sends meanwhile stays in the kernel.
void Upgrade::UpdateInterest() {
  const bool waits = pending_ != nullptr || (held_slot_ && !answered_);
  const uint32_t interest =
      waits ? uint32_t{EPOLLRDHUP} : EPOLLIN | (accepted_.link.has_unsent() ? uint32_t{EPOLLOUT} : 0);
  if (interest == interest_) return;
  interest_ = interest;
  thread_.newcomers().Modify(accepted_.link.fd(), interest, this);
}

void Upgrade::OnDeadline() {
  if (answered_) return End();
  if (held_slot_) return CloseHeld();
  if (pending_ != nullptr) {
    Abandon();
    return Answer({503, "the token could not be verified in time: try again", kRetryAfter},
                  HandshakeResult::kUnverified, {});
  }
  if (!accepted_.link.established()) {
    CountTls(IoResult::Status::kBroken);
    return Fail(HandshakeResult::kTimeout);
  }
  Refuse({408, "the request took too long"});
}

void Upgrade::Decide(Verdict verdict) {
  if (const auto* answer = std::get_if<HttpAnswer>(&verdict)) return Answer(*answer);
  if (auto* renewal = std::get_if<RenewalRequest>(&verdict)) return BeginRenewal(std::move(*renewal));
  auto& request = std::get<UpgradeRequest>(verdict);
  IdentityPointer identity;
  if (!TakeHeaders(&identity)) return;  // before the peer is replaced by what the headers tell
  Believe(request.forwarding);
  if (const auto answer = PlaceRefusal()) return Answer(*answer);
  if (!PassesPolicies(request.host, request.origin)) return;
  if (accepted_.by_proxy && !CountAddress(accepted_.peer)) return;
  Identify(std::move(request), identity);
}

// Why there is no place for the client now.
std::optional<HttpAnswer> Upgrade::PlaceRefusal() const {
  if (accepted_.refusal == Refusal::kTooMany) return TooMany();
  if (accepted_.refusal == Refusal::kFull)
    return HttpAnswer{503, "the gateway is full: try again later", kRetryAfter};
  if (context_.refusing) return HttpAnswer{503, "the gateway is draining: try again", kRetryAfter};
  return std::nullopt;
}

// Whether host, origin and address of the client are allowed; otherwise it is refused.
bool Upgrade::PassesPolicies(const std::string& host, const std::string& origin) {
  // 421 says that the request may be valid for another server (RFC 9110, section 15.5.20). 403 and 400 do
  // not.
  if (!policy_.allowed_hosts.Allows(host, tls_ ? 443 : 80)) {
    Answer({421, "this gateway does not serve this host"}, {LogField("host", host)});
    return false;
  }
  if (!policy_.allowed_origins.Allows(origin, host)) {
    Answer({403, "pages of this origin may not connect"}, {LogField("origin", origin)});
    return false;
  }
  if (const auto ban = context_.bans->FindAddress(accepted_.peer.ip())) {
    AnswerBanned(*ban);
    return false;
  }
  return true;
}

// Applies what trusted proxies say about the client.
void Upgrade::Believe(const ForwardingHeaders& headers) {
  tls_ = tls_ || accepted_.link.is_tls();
  const auto kind = policy_.trusted_headers.HeaderOf(headers, behind_proxy_protocol_);
  if (!kind.has_value()) return;
  const ForwardedClient client = policy_.trusted_proxies.Resolve(accepted_.peer, headers, *kind);
  accepted_.peer = client.address;
  tls_ = client.tls.value_or(tls_);
}

// Counts a client behind a trusted proxy, once its address is known. False if the address has too many
// connections; the client is refused then.
bool Upgrade::CountAddress(const SocketAddress& client) {
  auto slot = context_.address_slots->Take(client.ip());
  if (slot.has_value()) {
    accepted_.address_slot = *std::move(slot);
    accepted_.by_proxy = false;
    return true;
  }
  Refuse(TooMany());
  return false;
}

// Lets the client in, unless it is banned or its principal has too many connections. `identity`: null: that
// of its certificate, if any.
void Upgrade::Admit(const UpgradeRequest& request, const IdentityPointer& identity, std::span<char> early) {
  const std::string principal =
      identity == nullptr || identity->principal.empty() ? accepted_.link.PeerSubject() : identity->principal;
  const AttributesPointer attributes = identity == nullptr ? nullptr : identity->attributes;
  if (const auto ban = FindBan(*context_.bans, /*address=*/nullptr, principal, attributes))
    return AnswerBanned(*ban);
  if (policy_.identity.per_principal == PerPrincipal::kRefuseNewest) {
    auto slot = context_.principal_slots->Take(principal);
    if (!slot.has_value()) {
      return Answer({429, "too many connections of this principal: try again later", kRetryAfter});
    }
    accepted_.principal_slot = *std::move(slot);
  }
  Accept(request, principal, attributes, early);
}

void Upgrade::Accept(const UpgradeRequest& request, const std::string& principal,
                     const AttributesPointer& attributes, std::span<char> early) {
  const std::string_view subprotocol = policy_.subprotocols.Choose(request.subprotocols);
  Registration registration =
      context_.registry->Add({.id = {},
                              .remote_address = accepted_.peer.ToString(),
                              .principal = principal,
                              .path = request.path,
                              .subprotocol = subprotocol,
                              .user_agent = request.user_agent,
                              .origin = request.origin,
                              .tls = tls_,
                              .cut_texts = request.cut_texts,
                              .create_time = {}},
                             {.queue_bytes = static_cast<uint32_t>(policy_.session.send_queue_bytes),
                              .budget = &thread_.send_budget()},
                             attributes);
  // A ban that was created meanwhile may have missed the connection (see Bans).
  const IpAddress address = accepted_.peer.ip();
  if (const auto ban = FindBan(*context_.bans, &address, principal, attributes)) {
    Unlist(&registration, CloseRequestOf(*ban), thread_.clock());
    return AnswerBanned(*ban);
  }
  // After the listing, so that each of two that come at once sees the other.
  if (policy_.identity.per_principal == PerPrincipal::kCloseOldest) {
    bool beyond = false;
    accepted_.principal_slot = context_.principal_slots->TakeAnyway(principal, &beyond);
    if (beyond) CloseOldest(*registration.connection());
  }
  std::optional<DeflateAnswer> deflate;
  if (const auto& options = policy_.session.deflate) deflate = NegotiateDeflate(request.extensions, *options);
  const std::string response =
      SwitchingProtocols({.accept = request.accept,
                          .connection_id = registration.connection()->info().id,
                          .subprotocol = subprotocol,
                          .extensions = deflate.has_value() ? std::string_view(deflate->header) : ""},
                         thread_.clock().Wall());
  Count(HandshakeResult::kAccepted);
  // A new socket has room for the response. If it has not, it is broken.
  if (accepted_.link.Write(response).bytes != response.size()) {
    registration.connection()->Interrupt(CloseRequest(CloseCause::kReset));
  }
  thread_.newcomers().Remove(accepted_.link.fd(), this);
  Session::Start(thread_, policy_.session, *context_.handler,
                 {.link = std::move(accepted_.link),
                  .registration = std::move(registration),
                  .slot = std::move(accepted_.slot),
                  .address_slot = std::move(accepted_.address_slot),
                  .principal_slot = std::move(accepted_.principal_slot),
                  .deflate = deflate.has_value() ? std::optional(deflate->agreement) : std::nullopt},
                 early);
  thread_.Release(*this);
}

// Closes the oldest connection of the principal of `newest` that is not closing yet.
void Upgrade::CloseOldest(const Connection& newest) const {
  constexpr size_t kAtOnce = 64;
  const ConnectionInfo info = newest.info();
  const std::vector<IndexKey> key = {IndexKey::OfPrincipal(info.principal)};
  for (uint64_t after = 0; after != Stretch::kEnd;) {
    const Stretch stretch = context_.registry->Walk(after, kAtOnce, key);
    for (const auto& connection : stretch.connections) {
      // To interrupt one that is closing would shorten its grace.
      if (connection->info().sequence == info.sequence || connection->state() != ConnectionState::kOpen)
        continue;
      if (connection->Interrupt(CloseRequest(CloseCause::kReplaced))) return;
    }
    after = stretch.through;
  }
}

void Upgrade::Cut() {
  Abandon();
  if (renewing_ != nullptr) renewing_->renewal.reset();  // a step that is posted does nothing then
  thread_.newcomers().Forget(this);
  accepted_.link.Close();
  accepted_.slot.Release();
  held_slot_.Release();
  accepted_.address_slot.Release();
  accepted_.principal_slot.Release();
}

void Upgrade::Fail(HandshakeResult result) {
  Count(result);
  End();
}

void Upgrade::End() {
  Cut();
  thread_.Release(*this);
}

}  // namespace drawbridge
