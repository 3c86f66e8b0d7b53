// The bans, by their ids.
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "tools/ctl/define.h"
#include "tools/ctl/describe_ban.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/human.h"
#include "tools/ctl/output.h"
#include "tools/ctl/table.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

constexpr int32_t kPage = 1000;  // the most that the gateway gives

struct Flags {};

ExitCode Bans(const Flags& /*flags*/, Session& session) {
  Table table({{"BAN"},
               {.title = "SUBJECT", .shrinks = true},
               {.title = "LEFT", .right = true},
               {.title = "REASON", .shrinks = true, .rank = 1},
               {.title = "CODE", .right = true, .rank = 3},
               {.title = "HTTP", .right = true, .rank = 4},
               {.title = "BY", .rank = 2}},
              LookOf(STDOUT_FILENO));
  v1::ListBansRequest request;
  request.set_page_size(kPage);
  do {
    v1::ListBansResponse response;
    const grpc::Status status = Call(session.client, &v1::BanService::Stub::ListBans, request, &response);
    if (!status.ok()) return Report(status);
    for (const v1::Ban& ban : response.bans()) {
      if (session.json) {
        Print(ToJsonLine(ban));
        continue;
      }
      table.Add({{ban.ban_id()},
                 {SubjectText(ban)},
                 {HumanAge(FromProto(ban.expire_time()) - absl::Now())},
                 {ban.reason()},
                 {std::to_string(ban.code())},
                 {std::to_string(ban.http_status())},
                 {ban.actor()}});
    }
    if (!session.json) Print(table.Take());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return ExitCode::kOk;
}

}  // namespace

void DefineBans(CLI::App& app, Action* chosen) {
  Subcommand(app, "bans", "List the bans: which clients are refused, and for how long still",
             "  drawbridgectl bans\n"
             "  drawbridgectl bans -o json | jq -r 'select(.principal == \"alice\") | .ban_id'\n",
             std::make_shared<Flags>(), Bans, chosen);
}

}  // namespace drawbridge::ctl
