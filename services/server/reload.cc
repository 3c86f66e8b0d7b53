#include "services/server/reload.h"

#include <spdlog/spdlog.h>

#include <string>
#include <string_view>

#include "gateway/base/log.h"

namespace drawbridge {
namespace {

void LogChange(spdlog::level::level_enum level, std::string_view event, const FlagChange& change) {
  LogEvent(level, event, {{"flag", change.name}, {"from", change.from}, {"to", change.to}});
}

// The error text without the parts that are meant for a terminal.
std::string_view ComplaintOf(const EarlyExit& exit) {
  constexpr std::string_view kBefore = "drawbridge: ";
  constexpr std::string_view kBehind = " (see --help)\n";
  std::string_view text = exit.text;
  if (text.starts_with(kBefore)) text.remove_prefix(kBefore.size());
  if (text.ends_with(kBehind)) text.remove_suffix(kBehind.size());
  return text;
}

}  // namespace

void ReloadFlags(Server& server, const FlagParser& parse, std::string_view trigger) {
  const Flags running = server.flags();
  const auto parsed = parse(&running);
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
    server.ReloadFailed();
    LogEvent(spdlog::level::err, "flags were not reloaded, all stay as they were",
             {{"trigger", trigger}, {"error", ComplaintOf(*exit)}});
    return;
  }
  const auto& fresh = std::get<Flags>(parsed);
  for (const std::string& warning : fresh.warnings) LogEvent(spdlog::level::warn, warning, {});
  const FlagChanges changes = server.Reload(fresh);
  for (const FlagChange& change : changes.taken) LogChange(spdlog::level::info, "flag changed", change);
  for (const FlagChange& change : changes.need_restart)
    LogChange(spdlog::level::warn, "flag needs a restart to change", change);
  LogEvent(spdlog::level::info, "flags were reloaded",
           {{"trigger", trigger},
            {"changed", changes.taken.size()},
            {"need_restart", changes.need_restart.size()}});
}

}  // namespace drawbridge
