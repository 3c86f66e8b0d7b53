#include "services/server/tls_flags.h"

#include <fmt/format.h>

#include <exception>

#include "gateway/base/clock.h"

namespace drawbridge {
namespace {

using Which = TlsFileError::Which;

TlsClientAuth ClientAuthOf(const std::string& name) {
  if (name == "none") return TlsClientAuth::kNone;
  return name == "optional" ? TlsClientAuth::kOptional : TlsClientAuth::kRequired;
}

std::string Line(const std::string& flag, const std::string& value, const std::string& wanted) {
  return fmt::format("--{} is \"{}\": {}", flag, value, wanted);
}

std::string LineOf(const TlsFileError& error, const Flags& flags) {
  switch (error.which()) {
    case Which::kCertificate:
      return Line("tls_cert", flags.tls_cert, error.problem());
    case Which::kKey:
      return Line("tls_key", flags.tls_key, error.problem());
    case Which::kClientCa:
      return Line("tls_client_ca", flags.tls_client_ca, error.problem());
  }
  return error.what();
}

std::string FileProblem(const Flags& flags) {
  const SystemClock clock;
  try {
    const TlsContext context(TlsFilesOf(flags), &clock);
  } catch (const TlsFileError& error) {
    return LineOf(error, flags);
  } catch (const std::exception& error) {
    return Line("tls_cert", flags.tls_cert, error.what());  // OpenSSL itself is not well
  }
  return {};
}

}  // namespace

TlsFiles TlsFilesOf(const Flags& flags) {
  return {.certificate = flags.tls_cert,
          .key = flags.tls_key,
          .client_ca = flags.tls_client_ca,
          .client_auth = ClientAuthOf(flags.tls_client_auth)};
}

std::string TlsContradiction(const Flags& flags) {
  const bool asks = flags.tls_client_auth != "none";
  if (flags.tls_cert.empty() && !flags.tls_key.empty())
    return Line("tls_key", flags.tls_key, "must come with --tls_cert");
  if (flags.tls_cert.empty() && asks)
    return Line("tls_client_auth", flags.tls_client_auth, "must come with --tls_cert and --tls_key");
  if (!flags.tls_client_ca.empty() && !asks) {
    return Line("tls_client_ca", flags.tls_client_ca,
                "must come with --tls_client_auth=optional or --tls_client_auth=required");
  }
  if (flags.tls_cert.empty()) return {};
  if (flags.tls_key.empty()) return Line("tls_cert", flags.tls_cert, "must come with --tls_key");
  if (asks && flags.tls_client_ca.empty())
    return Line("tls_client_auth", flags.tls_client_auth, "must come with --tls_client_ca");
  return FileProblem(flags);
}

}  // namespace drawbridge
