#include "tools/ctl/explain.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "tools/ctl/address.h"
#include "tools/ctl/tls_probe.h"

namespace drawbridge::ctl {
namespace {

// A part of a gRPC message, and its explanation for a call to a gateway at {0}.
struct Meaning {
  std::string_view said;
  std::string_view meant;
};

constexpr std::array kMeanings{
    Meaning{"Connection refused", "nothing listens on {0}: is the gateway running, and is --address right?"},
    Meaning{"No such file or directory",
            "there is no socket {0}: is the gateway running, and is --address right?"},
    Meaning{"DNS resolution failed", "the host name of {0} cannot be resolved"},
    Meaning{
        "http1.x server",
        "{0} speaks HTTP/1.1, not gRPC: it may be the port for WebSocket clients or metrics; --address must "
        "be the address of the gateway's --control_listen"},
    Meaning{"wrong version number",
            "{0} does not speak TLS: leave --tls and the other TLS flags out, or call a port that uses "
            "TLS"},
    Meaning{
        "certificate verify failed",
        "the certificate of {0} is not valid or not signed by a known authority: set --ca_cert to the file "
        "with the certificate of the authority that signed it"},
    Meaning{"is not in peer certificate",
            "the certificate of {0} is for another name: set --server_name to the name in the certificate"},
};

constexpr std::string_view kSpeaksTls =
    "{0} speaks TLS: call it with --tls, and with --ca_cert if no public authority signed its certificate";
constexpr std::string_view kClosedByTls =
    "{0} closed the connection: the gateway may have ended, or may require a client certificate (--cert and "
    "--key)";
constexpr std::string_view kClosed = "{0} closed the connection: the gateway may have ended";
constexpr std::string_view kNoGateway =
    "{0} does not implement this call: it is not a gateway's control port, or the gateway is older than "
    "drawbridgectl";

bool SaysClosed(const std::string& message) {
  return absl::StrContains(message, "Socket closed") ||
         absl::StrContains(message, "Connection reset by peer") || absl::StrContains(message, "Broken pipe");
}

std::string_view MeaningOf(const std::string& message, const Access& access) {
  for (const Meaning& meaning : kMeanings) {
    if (absl::StrContains(message, std::string(meaning.said))) return meaning.meant;
  }
  if (!SaysClosed(message)) return "";
  if (access.wants_tls()) return kClosedByTls;
  const auto address = ParseAddress(access.address);
  return address.has_value() && SpeaksTls(*address) ? kSpeaksTls : kClosed;
}

}  // namespace

grpc::Status Explain(const grpc::Status& status, const Access& access, absl::Duration timeout) {
  if (status.ok() || !status.error_details().empty()) return status;
  const auto address = ParseAddress(access.address);
  const std::string target = address.has_value() ? address->target : access.address;
  std::string_view meant;
  switch (status.error_code()) {
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {status.error_code(),
              fmt::format("no answer from {} within {} (--timeout)", target, absl::FormatDuration(timeout))};
    case grpc::StatusCode::CANCELLED:
      // Cancelled by the gateway: calls that this program cancels are not passed to this function.
      return {grpc::StatusCode::UNAVAILABLE,
              fmt::format("{} ended the call: the gateway may be shutting down", target)};
    case grpc::StatusCode::UNIMPLEMENTED:
      meant = kNoGateway;
      break;
    case grpc::StatusCode::UNAVAILABLE:
      meant = MeaningOf(status.error_message(), access);
      break;
    default:
      break;
  }
  if (meant.empty()) return status;
  return {status.error_code(),
          fmt::format(fmt::runtime(fmt::string_view(meant.data(), meant.size())), target)};
}

}  // namespace drawbridge::ctl
