// `drain`: asks for confirmation, drains a node and shows the progress until the drain ends.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "tools/ctl/confirm.h"
#include "tools/ctl/define.h"
#include "tools/ctl/describe_node.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/human.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/stop_signal.h"
#include "tools/ctl/terminal.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

using Progress = v1::DrainNodeResponse;

constexpr absl::Duration kUnset = absl::InfiniteDuration();

struct Flags {
  std::string node;
  absl::Duration not_ready = kUnset;
  absl::Duration spread = kUnset;
  int64_t code = 0;
  std::string reason;
  bool yes = false;
};

v1::DrainNodeRequest RequestOf(const Flags& flags) {
  v1::DrainNodeRequest request;
  request.set_node_id(flags.node);
  if (flags.not_ready != kUnset) *request.mutable_not_ready() = ToProto(flags.not_ready);
  if (flags.spread != kUnset) *request.mutable_spread() = ToProto(flags.spread);
  request.set_code(static_cast<uint32_t>(flags.code));
  request.set_reason(flags.reason);
  return request;
}

// On a terminal one line that is redrawn, otherwise one line per update.
class DrainView {
 public:
  explicit DrainView(bool json) : json_(json) {}

  void Show(const Progress& progress) {
    if (json_) {
      Print(ToJsonLine(progress));
    } else if (!progress.done() && terminal_) {
      // Some terminals wrap the line after the last column.
      const size_t width = std::max<size_t>(LookOf(STDERR_FILENO).width, 2) - 1;
      std::fputs(("\r\x1b[K" + Shorten(DrainText(progress), width)).c_str(), stderr);
      std::fflush(stderr);
    } else if (!progress.done()) {
      Print(DrainText(progress) + "\n");
    }
  }

  void End(const Progress& last) {
    if (json_) return;
    if (terminal_) std::fputs("\r\x1b[K", stderr);
    if (!last.done()) return;
    Print(DrainText(last) +
          "\nThe node keeps running and accepts no clients. `drawbridgectl resume` returns it "
          "to service.\n");
  }

 private:
  const bool json_;
  const bool terminal_ = IsTerminal(STDERR_FILENO);
};

ExitCode Begin(const Flags& flags, Session& session) {
  grpc::ClientContext context;  // no deadline: a drain has a bounded duration
  const StopSignal stop([&context] { context.TryCancel(); });
  DrainView view(session.json);
  Progress last;
  const auto reader = session.client.node_stub().DrainNode(&context, RequestOf(flags));
  for (Progress progress; reader->Read(&progress); last = progress) view.Show(progress);
  const grpc::Status status = session.client.Explain(reader->Finish());
  view.End(last);
  if (stop.came()) {
    Complain("stopped watching; the drain continues, and `drawbridgectl resume` returns the node to service");
    return ExitCode::kStopped;
  }
  return Report(status);
}

// Asks for confirmation. Returns kOk if the drain may begin.
ExitCode Ask(const Flags& flags, Session& session) {
  if (!CanAsk()) {
    Complain("no terminal to ask for confirmation: nothing was drained; --yes drains without asking");
    return ExitCode::kDeclined;
  }
  v1::ListNodesResponse response;
  const grpc::Status status =
      Call(session.client, &v1::NodeService::Stub::ListNodes, v1::ListNodesRequest(), &response);
  if (!status.ok()) return Report(status);
  const auto node = std::ranges::find_if(response.nodes(), [&flags](const v1::Node& one) {
    return flags.node.empty() || one.node_id() == flags.node;
  });
  // An unknown node id is not reported here: the gateway refuses it in the call that drains.
  if (node == response.nodes().end()) return ExitCode::kOk;
  if (Confirm(fmt::format("Drain {} and close its {}?", node->node_id(),
                          Count(node->open_connections(), "connection"))))
    return ExitCode::kOk;
  Complain("not confirmed; nothing was drained");
  return ExitCode::kDeclined;
}

ExitCode Drain(const Flags& flags, Session& session) {
  const ExitCode answer = flags.yes ? ExitCode::kOk : Ask(flags, session);
  return answer == ExitCode::kOk ? Begin(flags, session) : answer;
}

}  // namespace

void DefineDrain(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* drain =
      Subcommand(app, "drain", "Drain a node: it stops accepting clients and closes all connections",
                 "  drawbridgectl drain\n"
                 "  drawbridgectl drain --spread 5m --yes\n"
                 "  drawbridgectl --address 10.0.0.7 drain gateway-2 --not_ready 10s --spread 1m\n"
                 "It shows progress until the node is empty. ^C ends the display, not the drain. The process "
                 "keeps running:\n"
                 "`drawbridgectl resume` returns the node to service, also during the drain.\n",
                 flags, Drain, chosen);
  drain->add_option("NODE", flags->node, "Node id [the node at --address]")->type_name("");
  DurationFlag(*drain, "not_ready", &flags->not_ready,
               "Time in which the node is not ready but accepts clients [the gateway's --drain_not_ready]",
               absl::ZeroDuration(), absl::Hours(1));
  DurationFlag(*drain, "spread", &flags->spread,
               "Time over which the close frames are spread [the gateway's --drain_spread]",
               absl::ZeroDuration(), absl::Hours(1));
  NumberFlag(*drain, "code", &flags->code, "Close code [chosen by the gateway]", 1000, 4999);
  TextFlag(*drain, "reason", &flags->reason, "Close reason, at most 123 bytes");
  drain->add_flag("--yes", flags->yes, "Do not ask for confirmation");
}

}  // namespace drawbridge::ctl
