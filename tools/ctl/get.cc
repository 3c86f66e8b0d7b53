// `get`: shows all fields of one connection.
#include <unistd.h>

#include <memory>
#include <string>

#include "tools/ctl/define.h"
#include "tools/ctl/describe.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/output.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  std::string id;
};

ExitCode Get(const Flags& flags, Session& session) {
  v1::GetConnectionRequest request;
  v1::GetConnectionResponse response;
  request.set_connection_id(flags.id);
  const grpc::Status status =
      Call(session.client, &v1::ConnectionService::Stub::GetConnection, request, &response);
  if (!status.ok()) return Report(status);
  if (session.json) {
    Print(ToJsonLine(response.connection()));
    return ExitCode::kOk;
  }
  Table table({{"FACT"}, {"VALUE"}}, {.width = 0, .colour = LookOf(STDOUT_FILENO).colour});
  for (const auto& [name, value] : Facts(response.connection(), absl::Now()))
    table.Add({{name, Style::kBold}, {value}});
  Print(table.Take());
  return ExitCode::kOk;
}

}  // namespace

void DefineGet(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* get = Subcommand(app, "get", "Show all fields of a connection that is open or ended recently",
                             "  drawbridgectl get 16zr-lix5wdo0-0k3v9c2m7x1qd\n"
                             "  drawbridgectl get 16zr-lix5wdo0-0k3v9c2m7x1qd -o json | jq .close\n",
                             flags, Get, chosen);
  get->add_option("ID", flags->id, "Connection id (header X-Connection-Id)")->required()->type_name("");
}

}  // namespace drawbridge::ctl
