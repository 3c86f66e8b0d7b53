// How an Upgrade refuses a client: the answer, the line in the log, and what is counted.
#include <spdlog/common.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/line_budget.h"
#include "gateway/listener/upgrade.h"

namespace drawbridge {
namespace {

RenewalResult RenewalResultOf(HandshakeResult result) {
  switch (result) {
    case HandshakeResult::kAccepted:
      return RenewalResult::kRenewed;
    case HandshakeResult::kUnauthorized:
      return RenewalResult::kUnauthorized;
    case HandshakeResult::kForbidden:
      return RenewalResult::kForbidden;
    case HandshakeResult::kTooMany:
      return RenewalResult::kTooMany;
    case HandshakeResult::kUnverified:
      return RenewalResult::kUnverified;
    case HandshakeResult::kTimeout:
      return RenewalResult::kTimeout;
    case HandshakeResult::kDisconnected:
      return RenewalResult::kDisconnected;
    default:
      return RenewalResult::kBadRequest;
  }
}

HandshakeResult ResultOf(int status, bool draining) {
  switch (status) {
    case 401:
      return HandshakeResult::kUnauthorized;
    case 200:  // not meant as a WebSocket request: section 4.2.1 requires an upgrade
    case 405:
    case 426:
      return HandshakeResult::kNotWebsocket;
    case 403:
    case 421:
      return HandshakeResult::kForbidden;
    case 408:
      return HandshakeResult::kTimeout;
    case 429:
      return HandshakeResult::kTooMany;
    case 414:
    case 431:
      return HandshakeResult::kHeaderTooLarge;
    case 503:
      return draining ? HandshakeResult::kDraining : HandshakeResult::kFull;
    default:
      return HandshakeResult::kBadRequest;
  }
}

}  // namespace

HttpAnswer Upgrade::TooMany() {
  return {429, "too many connections from this address: try again later", kRetryAfter};
}

void Upgrade::AnswerBanned(const BanHit& ban) {
  Answer({ban.http_status, "this client is banned"}, HandshakeResult::kForbidden,
         {LogField("ban_id", ban.ban_id)});
}

// Refuses the client at any stage. Before TLS has begun, no answer can be sent.
void Upgrade::Refuse(const HttpAnswer& answer) {
  preface_.reset();
  if (context_.tls != nullptr && !accepted_.link.is_tls()) {
    return Fail(ResultOf(answer.status, context_.refusing));
  }
  Answer(answer);
}

// `about`: fields to add to the log line.
void Upgrade::Answer(const HttpAnswer& answer, std::vector<LogField> about) {
  Answer(answer, ResultOf(answer.status, context_.refusing), std::move(about));
}

void Upgrade::Answer(const HttpAnswer& answer, HandshakeResult result, std::vector<LogField> about) {
  LogRefusal(answer, std::move(about));
  Count(result);
  Respond(answer);
}

void Upgrade::Respond(HttpAnswer answer) {
  answered_ = true;
  UpdateInterest();  // reads again, to see the end of the connection
  if (renewing_ != nullptr) answer.headers += renewing_->cors;
  const std::string response = Serialize(answer, thread_.clock().Wall(), reader_.is_head());
  if (accepted_.link.Write(response).bytes != response.size()) return End();
  accepted_.link.ShutdownWrite();
  thread_.deadlines().Set(*this, thread_.now() + kLinger);
}

// Logs at most ten lines a second in the whole process, since any client can cause one.
void Upgrade::LogRefusal(const HttpAnswer& answer, std::vector<LogField> about) const {
  if (is_check_) return;
  static LineBudget& budget = *new LineBudget(10);
  const auto suppressed = budget.Take(thread_.now());
  if (!suppressed.has_value()) return;
  std::vector<LogField> fields{
      {"remote_address", accepted_.peer.ToString()}, {"status", answer.status}, {"why", answer.text}};
  std::ranges::move(about, std::back_inserter(fields));
  if (*suppressed != 0) fields.emplace_back("suppressed", *suppressed);
  LogEvent(spdlog::level::info, renewing_ == nullptr ? "handshake refused" : "renewal refused", fields);
}

// Logs at most a hundred lines a second: the debug level serves to find a single client.
void Upgrade::LogTlsFailure() const {
  if (!Logs(spdlog::level::debug)) return;
  static LineBudget& budget = *new LineBudget(100);
  const auto suppressed = budget.Take(thread_.now());
  if (!suppressed.has_value()) return;
  std::vector<LogField> fields{{"remote_address", accepted_.peer.ToString()},
                               {"error", accepted_.link.HandshakeError()}};
  if (*suppressed != 0) fields.emplace_back("suppressed", *suppressed);
  LogEvent(spdlog::level::debug, "TLS handshake failed", fields);
}

void Upgrade::Count(HandshakeResult result) {
  if (renewing_ != nullptr) return thread_.counters().Renewal(RenewalResultOf(result));
  if (!is_check_ || result == HandshakeResult::kAccepted) thread_.counters().Handshake(result);
}

}  // namespace drawbridge
