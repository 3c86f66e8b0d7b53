// Lets clients in again.
#include <memory>
#include <string>

#include "tools/ctl/define.h"
#include "tools/ctl/describe_ban.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  std::string id;
  bool allow_missing = false;
};

ExitCode DeleteBan(const Flags& flags, Session& session) {
  v1::DeleteBanRequest request;
  v1::DeleteBanResponse response;
  request.set_ban_id(flags.id);
  request.set_allow_missing(flags.allow_missing);
  const grpc::Status status = Call(session.client, &v1::BanService::Stub::DeleteBan, request, &response);
  if (!status.ok()) return Report(status);
  if (session.json) {
    Print(ToJsonLine(response));
    return ExitCode::kOk;
  }
  Print(Printable(response.has_ban() ? flags.id + " is deleted: it refused " + SubjectText(response.ban())
                                     : flags.id + ": there is no such ban") +
        "\n");
  return ExitCode::kOk;
}

}  // namespace

void DefineUnban(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* unban = Subcommand(app, "unban", "Delete a ban, so that its clients can connect again",
                               "  drawbridgectl unban ban-3f5a9c0142d7e881\n"
                               "A client that another ban matches, too, is still refused.\n",
                               flags, DeleteBan, chosen);
  unban->add_option("BAN", flags->id, "The id of the ban, as `bans` shows it")->required()->type_name("");
  unban->add_flag("--allow_missing", flags->allow_missing, "An id that is unknown is no failure");
}

}  // namespace drawbridge::ctl
