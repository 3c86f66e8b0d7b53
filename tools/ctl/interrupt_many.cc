// `interrupt --filter`: counts the matching connections, asks for confirmation, closes them and shows the
// progress until the end.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>

#include "absl/strings/str_join.h"
#include "tools/ctl/confirm.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/human.h"
#include "tools/ctl/interrupt.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/progress.h"
#include "tools/ctl/stop_signal.h"
#include "tools/ctl/terminal.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

using Progress = v1::InterruptConnectionsResponse;

constexpr int kSampleShown = 5;

v1::InterruptConnectionsRequest RequestOf(const InterruptFlags& flags) {
  v1::InterruptConnectionsRequest request;
  request.set_filter(flags.filter);
  request.set_code(static_cast<uint32_t>(flags.code));
  request.set_reason(flags.reason);
  *request.mutable_grace() = ToProto(flags.grace);
  request.set_drop_pending(flags.drop_pending);
  request.set_abort(flags.abort);
  if (flags.refuse_for > absl::ZeroDuration()) *request.mutable_refuse_for() = ToProto(flags.refuse_for);
  request.set_max_count(flags.max_count);
  request.set_limit(flags.limit);
  request.set_rate_per_second(static_cast<int32_t>(flags.rate));
  return request;
}

int64_t ToClose(const InterruptFlags& flags, int64_t matched) {
  return flags.limit == 0 ? matched : std::min(flags.limit, matched);
}

// Calls `show` with each response and stores the last one in `last`. OK only if the last response has `done`.
grpc::Status Follow(grpc::ClientContext& context, Session& session,
                    const v1::InterruptConnectionsRequest& request, Progress* last,
                    const std::function<void(const Progress&)>& show) {
  const auto reader = session.client.stub().InterruptConnections(&context, request);
  Progress progress;
  while (reader->Read(&progress)) {
    show(progress);
    *last = progress;
  }
  grpc::Status status = session.client.Explain(reader->Finish());
  if (status.ok() && !last->done())
    return {grpc::StatusCode::INTERNAL, "the gateway ended the call before it was complete"};
  return status;
}

std::string Sample(const Progress& found) {
  const auto& ids = found.sample_connection_ids();
  const int shown = std::min(kSampleShown, ids.size());
  return Printable(absl::StrJoin(ids.begin(), ids.begin() + shown, ", ")) +
         (found.matched_count() > shown ? ", ..." : "");
}

void ShowFound(const Progress& found, bool json) {
  if (json) {
    Print(ToJsonLine(found));
    return;
  }
  const std::string some = found.sample_connection_ids().empty() ? "." : ": " + Sample(found);
  Print(fmt::format("{} {}{}\n", Count(found.matched_count(), "connection"),
                    found.matched_count() == 1 ? "matches" : "match", some));
}

// On a terminal a progress bar, otherwise one line per update.
class ProgressView {
 public:
  ProgressView(const InterruptFlags& flags, bool json) : flags_(flags), json_(json) {}

  void Show(const Progress& progress) {
    const int64_t total = ToClose(flags_, progress.matched_count());
    if (json_) {
      Print(ToJsonLine(progress));
    } else if (bar_) {
      // Some terminals wrap the line after the last column.
      const size_t width = std::max<size_t>(LookOf(STDERR_FILENO).width, 2) - 1;
      std::fputs(("\r\x1b[K" + ProgressBar(progress, total, width)).c_str(), stderr);
      std::fflush(stderr);
    } else if (!progress.done()) {
      Print("Interrupted " + ProgressText(progress, total) + "\n");
    }
  }

  // Shows the result.
  void End(const Progress& last) {
    if (json_) return;
    if (bar_) std::fputs("\r\x1b[K", stderr);
    Print("Interrupted " + ProgressText(last, ToClose(flags_, last.matched_count())) +
          (last.ban_count() == 0 ? "" : "; " + Count(last.ban_count(), "ban") + " made") + "\n");
  }

 private:
  const InterruptFlags& flags_;
  const bool json_;
  const bool bar_ = IsTerminal(STDERR_FILENO);
};

// Must be called only after confirmation, by --yes or by the answer to the question.
ExitCode Close(const InterruptFlags& flags, Session& session, v1::InterruptConnectionsRequest request) {
  request.set_all(true);
  grpc::ClientContext context;
  const StopSignal stop([&context] { context.TryCancel(); });
  ProgressView view(flags, session.json);
  Progress last;
  const grpc::Status status =
      Follow(context, session, request, &last, [&view](const Progress& progress) { view.Show(progress); });
  if (status.ok() || GoneCount(last) > 0) view.End(last);
  if (stop.came()) {
    Complain("stopped; closes that have begun continue");
    return ExitCode::kStopped;
  }
  if (!status.ok()) return Report(status);
  return ReportUnreachable(last.unreachable());
}

// Asks whether to close the connections in `found`. On a yes returns kOk and limits max_count to their
// number.
ExitCode Ask(const InterruptFlags& flags, const Progress& found, v1::InterruptConnectionsRequest* request) {
  const int64_t matched = found.matched_count();
  const int64_t count = ToClose(flags, matched);
  const std::string of = count == matched ? "" : fmt::format(" of {}", matched);
  if (!Confirm(
          fmt::format("{} {}{}?", flags.abort ? "Abort" : "Interrupt", Count(count, "connection"), of))) {
    Complain("not confirmed; nothing was closed");
    return ExitCode::kDeclined;
  }
  request->set_max_count(flags.max_count == 0 ? matched : std::min(flags.max_count, matched));
  return ExitCode::kOk;
}

}  // namespace

ExitCode InterruptMany(const InterruptFlags& flags, Session& session) {
  v1::InterruptConnectionsRequest request = RequestOf(flags);
  if (flags.yes && !flags.dry_run) return Close(flags, session, request);
  if (!flags.dry_run && !CanAsk()) {
    Complain("no terminal to ask for confirmation: nothing was closed; --yes closes without asking");
    return ExitCode::kDeclined;
  }
  request.set_dry_run(true);
  Progress found;
  const auto context = session.client.NewCall();
  const grpc::Status status = Follow(*context, session, request, &found, [](const Progress&) {});
  if (!status.ok()) return Report(status);
  // JSON output contains only the responses of the last call.
  if (flags.dry_run || !session.json) ShowFound(found, session.json);
  const ExitCode unreachable = ReportUnreachable(found.unreachable());
  if (flags.dry_run || found.matched_count() == 0) return unreachable;
  request.set_dry_run(false);
  const ExitCode answer = Ask(flags, found, &request);
  return answer == ExitCode::kOk ? Close(flags, session, request) : answer;
}

}  // namespace drawbridge::ctl
