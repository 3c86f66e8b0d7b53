#include "gateway/connections/end_log.h"

#include <spdlog/common.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "gateway/base/line_budget.h"
#include "gateway/base/log.h"
#include "gateway/connections/close.h"

namespace drawbridge {
namespace {

constexpr uint64_t kLinesPerSecond = 1000;

}  // namespace

void LogEnd(const Connection& connection, SteadyTime now) {
  static LineBudget& budget = *new LineBudget(kLinesPerSecond);
  if (!Logs(spdlog::level::info)) return;
  const auto suppressed = budget.Take(now);
  if (!suppressed.has_value()) return;
  const auto request = connection.close_request();
  const auto result = connection.close_result();
  if (!request.has_value() || !result.has_value()) return;

  const ConnectionInfo info = connection.info();
  const Connection::Traffic& traffic = connection.traffic();
  const std::chrono::duration<double> duration = result->close_time - info.create_time;
  std::vector<LogField> fields{{"connection_id", info.id},
                               {"remote_address", info.remote_address},
                               {"path", info.path.substr(0, info.path.find('?'))},
                               {"cause", Describe(request->cause).word},
                               {"outcome", WordOf(result->outcome)},
                               {"sent_code", result->sent_code},
                               {"received_code", result->received_code},
                               {"duration_s", duration.count()},
                               {"received_messages", traffic.received_messages.Get()},
                               {"received_bytes", traffic.received_bytes.Get()},
                               {"sent_messages", traffic.sent_messages.Get()},
                               {"sent_bytes", traffic.sent_bytes.Get()}};
  if (!info.principal.empty()) fields.emplace_back("principal", info.principal);
  if (!request->actor.empty()) fields.emplace_back("actor", request->actor);
  if (result->dropped_messages != 0) fields.emplace_back("dropped_messages", result->dropped_messages);
  if (*suppressed != 0) fields.emplace_back("suppressed", *suppressed);
  LogEvent(spdlog::level::info, "connection ended", fields);
}

}  // namespace drawbridge
