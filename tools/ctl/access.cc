#include "tools/ctl/access.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "tools/ctl/address.h"

namespace drawbridge::ctl {
namespace {

namespace ex = grpc::experimental;

constexpr int kMebibyte = 1 << 20;
constexpr size_t kMaxToken = 512;  // same limit as in the gateway
constexpr size_t kMaxFile = 1 << 20;

[[noreturn]] void Refuse(const std::string& flag, const std::string& value, const std::string& wanted) {
  throw AccessError(fmt::format("--{} is \"{}\": must be {}", flag, value, wanted));
}

// Returns at most `limit` bytes of the file, or `limit` + 1 bytes if the file is longer.
std::string Contents(const std::string& flag, const std::string& path, size_t limit) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof()))
    Refuse(flag, path, fmt::format("a file that can be read ({})", std::strerror(errno)));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

std::string Pem(const std::string& flag, const std::string& path) {
  if (path.empty()) return "";
  std::string text = Contents(flag, path, kMaxFile);
  if (text.size() > kMaxFile || text.find("-----BEGIN ") == std::string::npos)
    Refuse(flag, path, "a file in PEM");
  return text;
}

Address AddressOf(const Access& access) {
  const auto address = ParseAddress(access.address);
  if (!address.has_value())
    Refuse("address", access.address, "HOST, HOST:PORT or unix:PATH, such as gateway:9090");
  return *address;
}

class TokenSender final : public ex::Interceptor {
 public:
  explicit TokenSender(std::string authorization) : authorization_(std::move(authorization)) {}

  void Intercept(ex::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(ex::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA))
      methods->GetSendInitialMetadata()->emplace("authorization", authorization_);
    methods->Proceed();
  }

 private:
  const std::string authorization_;
};

class TokenSenders final : public ex::ClientInterceptorFactoryInterface {
 public:
  explicit TokenSenders(const std::string& token) : authorization_("Bearer " + token) {}

  ex::Interceptor* CreateClientInterceptor(ex::ClientRpcInfo* /*info*/) override {
    return new TokenSender(authorization_);
  }

 private:
  const std::string authorization_;
};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const Access& access) {
  if (!access.wants_tls()) return grpc::InsecureChannelCredentials();
  if (access.cert.empty() != access.key.empty()) {
    const bool key = access.cert.empty();
    Refuse(key ? "key" : "cert", key ? access.key : access.cert,
           key ? "given with --cert" : "given with --key");
  }
  return grpc::SslCredentials({.pem_root_certs = Pem("ca_cert", access.ca_cert),
                               .pem_private_key = Pem("key", access.key),
                               .pem_cert_chain = Pem("cert", access.cert)});
}

}  // namespace

std::string ReadToken(const std::string& path) {
  const std::string text = Contents("token_file", path, kMaxToken + 2);
  const std::string token(absl::StripAsciiWhitespace(text));
  if (token.empty() || token.size() > kMaxToken || !std::ranges::all_of(token, absl::ascii_isgraph)) {
    Refuse("token_file", path,
           fmt::format("a file that contains only a token of 1 to {} letters, digits and signs", kMaxToken));
  }
  return token;
}

std::shared_ptr<grpc::Channel> ChannelTo(const Access& access) {
  const Address address = AddressOf(access);
  if (access.use_proxy && !access.wants_tls())
    throw AccessError("--use_proxy must be given with --tls, or the proxy could read and change every call");
  grpc::ChannelArguments arguments;
  // By default gRPC uses http_proxy and similar variables from the environment, also for loopback addresses,
  // and the proxy can read all unencrypted traffic.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, access.use_proxy && !address.loopback ? 1 : 0);
  // Without keepalive, a stream without a deadline never ends if the gateway's host disappears. The gateway
  // sends on every stream more often than this, so it never rejects these pings as too many.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // A page of 1,000 connections with long texts exceeds gRPC's default limit of 4 MiB.
  arguments.SetMaxReceiveMessageSize(64 * kMebibyte);
  if (!access.server_name.empty()) arguments.SetSslTargetNameOverride(access.server_name);
  std::vector<std::unique_ptr<ex::ClientInterceptorFactoryInterface>> interceptors;
  if (!access.token_file.empty()) {
    if (!access.wants_tls() && !access.insecure_token && !address.loopback) {
      Refuse("token_file", access.token_file,
             fmt::format("given with --tls: without TLS the token can be read on the network path to {} "
                         "(--insecure_token permits this)",
                         access.address));
    }
    interceptors.push_back(std::make_unique<TokenSenders>(ReadToken(access.token_file)));
  }
  return ex::CreateCustomChannelWithInterceptors(address.target, CredentialsOf(access), arguments,
                                                 std::move(interceptors));
}

}  // namespace drawbridge::ctl
