// How a new socket that asks for a renewal instead of an upgrade is served.
#include <fmt/format.h>
#include <spdlog/common.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/line_budget.h"
#include "gateway/listener/cors.h"
#include "gateway/listener/find_ban.h"
#include "gateway/listener/unauthorized.h"
#include "gateway/listener/upgrade.h"

namespace drawbridge {

// A gateway that is full still renews, and so does one that drains while its port is open: clients that are
// connected must be able to stay.
void Upgrade::BeginRenewal(RenewalRequest renewal) {
  renewing_ = std::make_unique<Renewing>();
  renewing_->request = std::move(renewal);
  const RenewalRequest& request = renewing_->request;
  Believe(request.forwarding);
  if (policy_.identity.rules == nullptr) return Answer({404, "this gateway takes no tokens"});
  if (!PassesPolicies(request.host, request.origin)) return;
  renewing_->cors = CorsHeaders(request.origin);
  if (accepted_.refusal == Refusal::kTooMany) return Answer(TooMany());
  if (accepted_.by_proxy && !CountAddress(accepted_.peer)) return;
  if (request.is_preflight) return Respond(PreflightAnswer());
  if (request.fault.has_value()) return Answer(*request.fault);
  const bool waits = request.awaits_continue && reader_.rest().empty() && request.body_bytes != 0;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  if (waits && accepted_.link.Write(kContinue).bytes != kContinue.size())
    return Fail(HandshakeResult::kDisconnected);
  TakeRenewalBody(reader_.rest());
}

// What follows the body is ignored, since the connection is closed after the answer.
void Upgrade::TakeRenewalBody(std::span<char> bytes) {
  if (renewing_->renewal != nullptr) return;
  std::string& body = renewing_->body;
  const size_t left = renewing_->request.body_bytes - body.size();
  body.append(bytes.data(), std::min(bytes.size(), left));
  if (body.size() < renewing_->request.body_bytes) return UpdateInterest();
  auto parsed = ParseRenewalBody(body);
  if (const auto* const problem = std::get_if<std::string>(&parsed))
    return Answer({400, fmt::format("the body {}", *problem)});
  renewing_->ids = std::get<RenewalIds>(std::move(parsed));
  CheckRenewal();
}

void Upgrade::CheckRenewal() {
  std::vector<std::string> no_subprotocols;
  auto found = policy_.identity.sources.ForRenewal().Find(
      {.authorization = reader_.Lines("Authorization"), .cookies = reader_.Lines("Cookie"), .query = {}},
      &no_subprotocols);
  if (const auto* const answer = std::get_if<HttpAnswer>(&found)) {
    context_.tokens->CountMalformed();
    return Answer(*answer, {LogField("rule", "malformed")});
  }
  auto& token = std::get<std::string>(found);
  if (token.empty()) {
    context_.tokens->CountMissing();
    return Answer(Unauthorized(), {LogField("rule", "missing")});
  }
  if (const auto identity = context_.tokens->FindVerified(token, *policy_.identity.rules))
    return Renew(identity);
  Verify(UpgradeRequest(), std::move(token));
}

void Upgrade::Renew(const IdentityPointer& identity) {
  const IpAddress address = accepted_.peer.ip();
  if (const auto ban = FindBan(*context_.bans, &address, identity->principal, identity->attributes))
    return AnswerBanned(*ban);
  renewing_->renewal =
      std::make_unique<Renewal>(context_.registry, context_.bans, identity, std::move(renewing_->ids));
  RenewFurther();
}

void Upgrade::RenewFurther() {
  if (!renewing_->renewal->Step()) {
    // Safe after the end of this upgrade, because posted work comes before its destruction.
    return thread_.Post([this] {
      if (renewing_->renewal != nullptr && !answered_) RenewFurther();
    });
  }
  HttpAnswer answer = renewing_->renewal->Answer();
  if (answer.status != 200) return Answer(answer);
  LogRenewal();
  Count(HandshakeResult::kAccepted);
  Respond(std::move(answer));
}

// Logs at most a thousand lines a second in the whole process, as for connections that end.
void Upgrade::LogRenewal() const {
  static LineBudget& budget = *new LineBudget(1000);
  const auto suppressed = budget.Take(thread_.now());
  if (!suppressed.has_value()) return;
  const Renewal& renewal = *renewing_->renewal;
  std::vector<LogField> fields{{"principal", renewal.principal()},
                               {"count", renewal.renewed()},
                               {"remote_address", accepted_.peer.ToString()}};
  if (!renewal.token_id().empty()) fields.emplace_back("token_id", renewal.token_id());
  if (*suppressed != 0) fields.emplace_back("suppressed", *suppressed);
  LogEvent(spdlog::level::info, "renewed", fields);
}

}  // namespace drawbridge
