// How an upgrade identifies the client: by headers of a trusted proxy, or by a token, which is verified on
// another thread.
#include <sys/epoll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "gateway/identity/token_rules.h"
#include "gateway/listener/unauthorized.h"
#include "gateway/listener/upgrade.h"
#include "gateway/session/frame.h"

namespace drawbridge {

// Takes the identity that a trusted proxy sends. False: the headers are malformed, and the client is refused.
bool Upgrade::TakeHeaders(IdentityPointer* identity) {
  const IdentityHeaders& headers = policy_.identity.headers;
  const bool trusted = writer_known_ && policy_.trusted_proxies.Contains(accepted_.peer.ip());
  if (headers.empty() || !trusted) return true;
  auto read = headers.Read([this](std::string_view name) { return reader_.Lines(name); });
  if (const auto* answer = std::get_if<HttpAnswer>(&read)) {
    Answer(*answer);
    return false;
  }
  *identity = std::get<IdentityPointer>(std::move(read));
  return true;
}

// `told`: the identity that a trusted proxy sends, or null. A token takes precedence over it.
void Upgrade::Identify(UpgradeRequest request, const IdentityPointer& told) {
  std::string token;
  if (policy_.identity.rules != nullptr) {
    if (!TakeToken(&request, &token)) return;
    if (token.empty() && policy_.identity.required) {
      context_.tokens->CountMissing();
      return RefuseToken(request, "missing", Unauthorized());
    }
  }
  if (token.empty()) return Admit(request, told, reader_.rest());
  if (const auto identity = context_.tokens->FindVerified(token, *policy_.identity.rules))
    return Admit(request, identity, reader_.rest());
  Verify(std::move(request), std::move(token));
}

// Finds the token of the request; an empty one: it has none. False: the client is refused.
bool Upgrade::TakeToken(UpgradeRequest* request, std::string* token) {
  auto found = policy_.identity.sources.Find({.authorization = reader_.Lines("Authorization"),
                                              .cookies = reader_.Lines("Cookie"),
                                              .query = reader_.query()},
                                             &request->subprotocols);
  if (const auto* const answer = std::get_if<HttpAnswer>(&found)) {
    context_.tokens->CountMalformed();
    RefuseToken(*request, "malformed", *answer);
    return false;
  }
  *token = std::get<std::string>(std::move(found));
  return true;
}

// Has the token verified on another thread. Until then nothing is read from the client.
void Upgrade::Verify(UpgradeRequest request, std::string token) {
  const auto ticket = std::make_shared<Ticket>();
  ticket->upgrade = this;
  const bool queued = context_.tokens->Submit({.token = std::move(token),
                                               .rules = policy_.identity.rules.get(),
                                               .abandoned = {ticket, &ticket->abandoned},
                                               .done = [ticket, thread = &thread_](TokenCheck check) {
                                                 thread->Post([ticket, check = std::move(check)] {
                                                   if (ticket->upgrade != nullptr)
                                                     ticket->upgrade->OnChecked(check);
                                                 });
                                               }});
  if (!queued) {
    return Answer({503, "too many tokens wait to be verified: try again", kRetryAfter},
                  HandshakeResult::kUnverified, {});
  }
  const std::span<char> rest = reader_.rest();
  pending_ = std::make_unique<Pending>(Pending{
      .request = std::move(request), .early = std::string(rest.begin(), rest.end()), .ticket = ticket});
  UpdateInterest();
}

void Upgrade::OnChecked(const TokenCheck& check) {
  const auto pending = std::move(pending_);
  pending->ticket->upgrade = nullptr;
  if (const auto answer = renewing_ == nullptr ? PlaceRefusal() : std::nullopt) return Answer(*answer);
  if (check.identity != nullptr && renewing_ != nullptr) return Renew(check.identity);
  if (check.identity != nullptr) return Admit(pending->request, check.identity, pending->early);
  if (check.refusal.has_value())
    return RefuseToken(pending->request, NameOf(check.refusal->rule), Unauthorized(*check.refusal));
  Answer({503, "there are no keys to verify the token: try again", kRetryAfter}, HandshakeResult::kUnverified,
         {});
}

// The result of the check is not needed any more.
void Upgrade::Abandon() {
  if (pending_ == nullptr) return;
  pending_->ticket->upgrade = nullptr;
  pending_->ticket->abandoned = true;
  pending_.reset();
}

// `rule`: the word for the log, as in the metrics.
void Upgrade::RefuseToken(const UpgradeRequest& request, std::string_view rule, const HttpAnswer& answer) {
  if (policy_.identity.refuse_by_close && renewing_ == nullptr && Hold(request, answer.text)) {
    LogRefusal(answer, {LogField("rule", rule)});
    return Count(HandshakeResult::kUnauthorized);
  }
  Answer(answer, {LogField("rule", rule)});
}

// Accepts the upgrade of a client that is refused, and closes it at the deadline. It takes no place of
// another client meanwhile. False: too many are held already.
bool Upgrade::Hold(const UpgradeRequest& request, std::string_view reason) {
  Slot held = context_.held_slots->Take();
  Slot slot = context_.refusal_slots->Take();
  if (!held || !slot) return false;
  const std::string response =
      SwitchingProtocols({.accept = request.accept,
                          .connection_id = {},
                          .subprotocol = policy_.subprotocols.Choose(request.subprotocols),
                          .extensions = {}},
                         thread_.clock().Wall());
  if (accepted_.link.Write(response).bytes != response.size()) return false;
  accepted_.slot = std::move(slot);
  held_slot_ = std::move(held);
  held_reason_ = reason.substr(0, kMaxCloseReason);  // ASCII
  const auto delay = context_.refusal_delays->Next(accepted_.peer.ip(), thread_.now());
  thread_.deadlines().Set(*this, thread_.now() + delay);
  UpdateInterest();
  return true;
}

void Upgrade::CloseHeld() {
  answered_ = true;
  UpdateInterest();
  WriteBuffer frame;
  AppendFrame(frame, Opcode::kClose, ClosePayload(policy_.identity.refused_code, held_reason_));
  if (accepted_.link.Write(frame.view()).bytes != frame.size()) return End();
  accepted_.link.ShutdownWrite();
  thread_.deadlines().Set(*this, thread_.now() + kLinger);
}

}  // namespace drawbridge
