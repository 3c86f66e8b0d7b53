#include "services/server/tls_flags.h"

#include <fmt/format.h>

#include <exception>

#include "gateway/base/clock.h"

namespace drawbridge {
namespace {

using Which = TlsFileError::Which;

// The flags of one port. `prefix`: that of the names of the flags.
struct TlsFlags {
  std::string prefix;
  std::string cert;
  std::string key;
  std::string client_ca;
  std::string client_auth;
};

TlsFlags FlagsOfData(const Flags& flags) {
  return {"tls_", flags.tls_cert, flags.tls_key, flags.tls_client_ca, flags.tls_client_auth};
}

TlsFlags FlagsOfControl(const Flags& flags) {
  return {"control_tls_", flags.control_tls_cert, flags.control_tls_key, flags.control_tls_client_ca,
          flags.control_tls_client_auth};
}

TlsClientAuth ClientAuthOf(const std::string& name) {
  if (name == "none") return TlsClientAuth::kNone;
  return name == "optional" ? TlsClientAuth::kOptional : TlsClientAuth::kRequired;
}

TlsFiles FilesOf(const TlsFlags& flags) {
  return {.certificate = flags.cert,
          .key = flags.key,
          .client_ca = flags.client_ca,
          .client_auth = ClientAuthOf(flags.client_auth)};
}

std::string Line(const std::string& flag, const std::string& value, const std::string& wanted) {
  return fmt::format("--{} is \"{}\": {}", flag, value, wanted);
}

std::string LineOf(const TlsFileError& error, const TlsFlags& flags) {
  switch (error.which()) {
    case Which::kCertificate:
      return Line(flags.prefix + "cert", flags.cert, error.problem());
    case Which::kKey:
      return Line(flags.prefix + "key", flags.key, error.problem());
    case Which::kClientCa:
      return Line(flags.prefix + "client_ca", flags.client_ca, error.problem());
  }
  return error.what();
}

std::string FileProblem(const TlsFlags& flags) {
  const SystemClock clock;
  try {
    const TlsContext context(FilesOf(flags), &clock);
  } catch (const TlsFileError& error) {
    return LineOf(error, flags);
  } catch (const std::exception& error) {
    return Line(flags.prefix + "cert", flags.cert, error.what());  // an error of OpenSSL itself
  }
  return {};
}

std::string Contradiction(const TlsFlags& flags) {
  const std::string& prefix = flags.prefix;
  const bool asks = flags.client_auth != "none";
  if (flags.cert.empty() && !flags.key.empty())
    return Line(prefix + "key", flags.key, fmt::format("must come with --{}cert", prefix));
  if (flags.cert.empty() && asks) {
    return Line(prefix + "client_auth", flags.client_auth,
                fmt::format("must come with --{0}cert and --{0}key", prefix));
  }
  if (!flags.client_ca.empty() && !asks) {
    return Line(prefix + "client_ca", flags.client_ca,
                fmt::format("must come with --{0}client_auth=optional or --{0}client_auth=required", prefix));
  }
  if (flags.cert.empty()) return {};
  if (flags.key.empty())
    return Line(prefix + "cert", flags.cert, fmt::format("must come with --{}key", prefix));
  if (asks && flags.client_ca.empty())
    return Line(prefix + "client_auth", flags.client_auth,
                fmt::format("must come with --{}client_ca", prefix));
  return FileProblem(flags);
}

}  // namespace

TlsFiles TlsFilesOf(const Flags& flags) { return FilesOf(FlagsOfData(flags)); }
TlsFiles ControlTlsFilesOf(const Flags& flags) { return FilesOf(FlagsOfControl(flags)); }

std::string TlsContradiction(const Flags& flags) { return Contradiction(FlagsOfData(flags)); }
std::string ControlTlsContradiction(const Flags& flags) { return Contradiction(FlagsOfControl(flags)); }

}  // namespace drawbridge
