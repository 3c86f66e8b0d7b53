#include "services/control/audit.h"

#include <google/protobuf/util/time_util.h>
#include <spdlog/common.h>

#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/str_join.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kMaxValue = 512;

}  // namespace

Audit::Audit(std::string_view method, std::string_view caller, const Clock& clock)
    : clock_(clock), begin_(clock.Steady()) {
  Add({"method", method});
  Add({"caller", caller});
}

Audit::Audit(std::string_view method, const Call& call, const Clock& clock)
    : Audit(method, call.caller.empty() ? call.context->peer() : call.caller, clock) {
  if (!call.caller.empty()) Add({"peer", call.context->peer()});
}

void Audit::Add(LogField field) {
  if (field.value.size() > kMaxValue) field.value.replace(kMaxValue, std::string::npos, "...");
  fields_.push_back(std::move(field));
}

// Fields that are not set are omitted.
template <typename Request>
void Audit::AskedToClose(const Request& request) {
  if (request.code() != 0) Add({"code", request.code()});
  if (!request.reason().empty()) Add({"reason", request.reason()});
  if (request.has_grace()) {
    Add({"grace_ms", google::protobuf::util::TimeUtil::DurationToMilliseconds(request.grace())});
  }
  if (request.drop_pending()) Add({"drop_pending", "true"});
  if (request.abort()) Add({"abort", "true"});
  if (request.has_refuse_for()) {
    Add({"refuse_for_ms", google::protobuf::util::TimeUtil::DurationToMilliseconds(request.refuse_for())});
  }
}

void Audit::AskedToSend(const v1::Message& message) {
  if (message.has_text()) Add({"text_bytes", message.text().size()});
  if (message.has_binary()) Add({"binary_bytes", message.binary().size()});
}

void Audit::Asked(const v1::InterruptConnectionRequest& request) {
  Add({"connection_id", request.connection_id()});
  AskedToClose(request);
  if (request.no_wait()) Add({"no_wait", "true"});
  if (request.allow_missing()) Add({"allow_missing", "true"});
}

void Audit::Asked(const v1::InterruptConnectionsRequest& request) {
  Add({"filter", request.filter()});
  if (request.dry_run()) Add({"dry_run", "true"});
  if (request.all()) Add({"all", "true"});
  AskedToClose(request);
  if (request.max_count() != 0) Add({"max_count", request.max_count()});
  if (request.limit() != 0) Add({"limit", request.limit()});
  if (request.rate_per_second() != 0) Add({"rate_per_second", request.rate_per_second()});
}

void Audit::Asked(const v1::UpdateConnectionRequest& request) {
  const v1::Connection& connection = request.connection();
  Add({"connection_id", connection.connection_id()});
  Add({"update_mask", absl::StrJoin(request.update_mask().paths(), ",")});
  if (!connection.labels().empty()) {
    const std::map<std::string, std::string> sorted(connection.labels().begin(), connection.labels().end());
    Add({"labels", absl::StrJoin(sorted, ",", absl::PairFormatter("="))});
  }
  if (connection.has_expire_time()) {
    Add({"expire_time", google::protobuf::util::TimeUtil::ToString(connection.expire_time())});
  }
  if (request.expected_revision() != 0) Add({"expected_revision", request.expected_revision()});
}

void Audit::Asked(const v1::SendMessageRequest& request) {
  Add({"connection_id", request.connection_id()});
  AskedToSend(request.message());
  if (request.wait_written()) Add({"wait_written", "true"});
}

void Audit::Asked(const v1::BroadcastMessageRequest& request) {
  Add({"filter", request.filter()});
  AskedToSend(request.message());
}

// The fields of a ban that a caller can set.
void Audit::AskedToBan(const v1::Ban& ban) {
  using google::protobuf::util::TimeUtil;
  if (ban.has_principal()) Add({"principal", ban.principal()});
  if (ban.has_address()) Add({"address", ban.address()});
  if (ban.has_label()) Add({"label", ban.label().key() + "=" + ban.label().value()});
  if (ban.has_token_id()) Add({"token_id", ban.token_id()});
  if (ban.code() != 0) Add({"code", ban.code()});
  if (!ban.reason().empty()) Add({"reason", ban.reason()});
  if (ban.http_status() != 0) Add({"http_status", ban.http_status()});
  if (ban.has_ttl()) Add({"ttl_ms", TimeUtil::DurationToMilliseconds(ban.ttl())});
  if (ban.has_expire_time()) Add({"expire_time", TimeUtil::ToString(ban.expire_time())});
}

void Audit::Asked(const v1::CreateBanRequest& request) {
  if (!request.ban_id().empty()) Add({"ban_id", request.ban_id()});
  AskedToBan(request.ban());
}

void Audit::Asked(const v1::DeleteBanRequest& request) {
  Add({"ban_id", request.ban_id()});
  if (request.allow_missing()) Add({"allow_missing", "true"});
}

void Audit::Asked(const v1::DrainNodeRequest& request) {
  using google::protobuf::util::TimeUtil;
  if (!request.node_id().empty()) Add({"node_id", request.node_id()});
  if (request.has_not_ready()) Add({"not_ready_ms", TimeUtil::DurationToMilliseconds(request.not_ready())});
  if (request.has_spread()) Add({"spread_ms", TimeUtil::DurationToMilliseconds(request.spread())});
  if (request.code() != 0) Add({"code", request.code()});
  if (!request.reason().empty()) Add({"reason", request.reason()});
}

void Audit::Asked(const v1::ResumeNodeRequest& request) {
  if (!request.node_id().empty()) Add({"node_id", request.node_id()});
}

void Audit::Came(const v1::InterruptConnectionResponse& response) {
  results_ = {{"outcome", v1::InterruptOutcome_Name(response.outcome())}};
  if (response.joined()) results_.emplace_back("joined", "true");
  if (response.dropped_messages() != 0) {
    results_.emplace_back("dropped_messages", response.dropped_messages());
  }
  if (!response.ban_id().empty()) results_.emplace_back("ban_id", response.ban_id());
}

void Audit::Came(const v1::InterruptConnectionsResponse& response) {
  results_ = {{"matched", response.matched_count()},
              {"closed_clean", response.closed_clean_count()},
              {"closed_timeout", response.closed_timeout_count()},
              {"closed_aborted", response.closed_aborted_count()},
              {"closed_rejected", response.closed_rejected_count()},
              {"already_closed", response.already_closed_count()}};
  if (response.ban_count() != 0) results_.emplace_back("bans", response.ban_count());
}

void Audit::Came(const v1::CreateBanResponse& response) {
  results_ = {{"made_ban_id", response.ban().ban_id()},
              {"closed_clean", response.closed_clean_count()},
              {"closed_timeout", response.closed_timeout_count()},
              {"closed_aborted", response.closed_aborted_count()},
              {"closed_rejected", response.closed_rejected_count()},
              {"already_closed", response.already_closed_count()}};
}

void Audit::Came(const v1::UpdateConnectionResponse& response) {
  results_ = {{"revision", response.connection().revision()}};
}

void Audit::Came(const v1::SendMessageResponse& response) {
  results_ = {{"send_queue_bytes", response.send_queue_bytes()}};
}

void Audit::Came(const v1::BroadcastMessageResponse& response) {
  results_ = {{"matched", response.matched_count()},
              {"queued", response.queued_count()},
              {"dropped", response.dropped_count()}};
  if (response.node_full_count() != 0) results_.emplace_back("node_full", response.node_full_count());
}

void Audit::Came(const v1::DrainNodeResponse& response) {
  results_ = {{"state", v1::NodeState_Name(response.node().state())},
              {"closed", response.closed_count()},
              {"remaining", response.remaining_count()}};
}

void Audit::Finish(const grpc::Status& status) {
  Add({"status", NameOf(status.error_code())});
  if (!status.ok()) {
    Add({"error", ReasonOf(status)});
    Add({"detail", status.error_message()});
  }
  for (LogField& result : results_) Add(std::move(result));
  Add({"duration_ms", std::chrono::duration<double, std::milli>(clock_.Steady() - begin_).count()});
  LogEvent(spdlog::level::info, "audit", fields_);
}

}  // namespace drawbridge
