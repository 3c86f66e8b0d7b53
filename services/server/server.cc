#include "services/server/server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/base/log.h"
#include "gateway/base/node_identity.h"
#include "gateway/handlers/new_handler.h"
#include "gateway/listener/host_policy.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/subprotocols.h"
#include "gateway/listener/trusted_headers.h"
#include "gateway/listener/trusted_proxies.h"
#include "services/auth/port_credentials.h"
#include "services/control/wire.h"
#include "services/server/reloadable_flags.h"
#include "services/server/tls_flags.h"

namespace drawbridge {
namespace {

GatewayOptions OptionsOf(const Flags& flags) {
  return {.listen = flags.listen,
          .io_threads = flags.io_threads,
          .max_connections = flags.max_connections,
          .max_connections_per_address = flags.max_connections_per_address,
          .send_queue_total_bytes = flags.send_queue_total_bytes,
          .handshakes_per_second = flags.handshakes_per_second,
          .handshake_timeout = flags.handshake_timeout,
          .max_handshake_bytes = flags.max_handshake_bytes,
          .allowed_hosts = *HostPolicy::Parse(flags.allowed_hosts),
          .allowed_origins = *OriginPolicy::Parse(flags.allowed_origins),
          .subprotocols = *SubprotocolPolicy::Parse(flags.subprotocols, flags.subprotocol_token_prefixes),
          .trusted_proxies = *TrustedProxies::Parse(flags.trusted_proxies),
          .trusted_headers = *TrustedHeaders::Parse(flags.trusted_header),
          .session = {.max_message_bytes = flags.max_message_bytes,
                      .send_queue_bytes = flags.send_queue_bytes,
                      .send_stall_timeout = flags.send_stall_timeout,
                      .ping_interval = flags.ping_interval,
                      .pong_timeout = flags.pong_timeout,
                      .keepalive_proves_life = flags.keepalive_proves_life,
                      .idle_timeout = flags.idle_timeout,
                      .max_connection_age = flags.max_connection_age,
                      .max_age_code = flags.max_age_code,
                      .deflate = flags.permessage_deflate ? std::optional(flags.deflate) : std::nullopt,
                      .rates = {.messages_per_second = flags.messages_per_second,
                                .bytes_per_second = flags.bytes_per_second}},
          .tls = TlsFilesOf(flags)};
}

// For a caller of the control plane to answer a ping, and to acknowledge what was sent to it.
constexpr std::chrono::milliseconds kKeepaliveTimeout{20'000};

// When the node ends: for the calls that are under way to be answered and written, and for their callers to
// read that. Callers that try again meanwhile hear NODE_GONE.
constexpr std::chrono::milliseconds kLastAnswers{1000};
constexpr std::chrono::milliseconds kLastReads{200};

// What one client may ask of the control plane; docs/watch.md has the figures. The bound of the watches is
// Watches::Options::max_watches.
void SetLimits(grpc::ServerBuilder& builder) {
  constexpr int kMaxReceiveBytes =
      2 * kMaxRequestBytes;  // ParseRequest refuses the upper half, with a reason
  constexpr int kMaxSendBytes =
      32 << 20;                      // answers end at kAnswerBytes (control/wire.h), but for one long row
  constexpr int kMaxStreams = 1024;  // of one connection; more wait on the client's side
  constexpr int kHandshakeTimeoutMs = 20'000;  // of TLS, and of HTTP/2 up to the client's settings
  constexpr int kKeepaliveMs = 60'000;         // a client that has vanished keeps no watch
  constexpr int kMinPingIntervalMs = 10'000;   // a client that pings more often gets too_many_pings
  constexpr int kMaxPingStrikes = 2;
  builder.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  builder.SetMaxSendMessageSize(kMaxSendBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(kKeepaliveTimeout.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kMaxPingStrikes);
}

void WarnOfExpiry(const char* flag, std::optional<std::chrono::system_clock::time_point> not_after,
                  const Clock& clock) {
  if (!not_after.has_value() || *not_after > clock.Wall()) return;
  spdlog::warn("{}: the certificate expired at {:%Y-%m-%dT%H:%M:%SZ}: peers that check it do not connect",
               flag, fmt::gmtime(std::chrono::system_clock::to_time_t(*not_after)));
}

void WarnOfNoCallers(const Authenticator& authenticator) {
  if (!authenticator.asks() || authenticator.size() != 0) return;
  spdlog::warn("{} has no entry: every call to the control API is refused", authenticator.path());
}

}  // namespace

Server::Server(const Flags& flags)
    : flags_(flags),
      has_tls_(!flags.tls_cert.empty()),
      handler_(NewHandler(flags.handler)),
      tls_files_({flags.tls_cert, flags.tls_key, flags.tls_client_ca}),
      control_tls_files_({flags.control_tls_cert, flags.control_tls_key, flags.control_tls_client_ca}),
      control_tokens_file_({flags.control_tokens}),
      gateway_(OptionsOf(flags), NodeIdentity::Draw(flags.node_id), handler_.get(), &clock_),
      authenticator_(flags.control_tokens),
      control_certificates_(flags.control_tls_cert.empty()
                                ? nullptr
                                : std::make_unique<PortCertificates>(ControlTlsFilesOf(flags), &clock_)),
      health_service_(&guard_, {"", control::v1::ConnectionService::service_full_name(),
                                control::v1::NodeService::service_full_name()}),
      drainer_(&gateway_, &clock_, [this] { TellHealth(); }),
      connection_service_(&gateway_.registry(), &gateway_.send_budget(), &clock_, &guard_),
      node_service_({.gateway = &gateway_, .drainer = &drainer_, .clock = &clock_, .guard = &guard_},
                    [this] { return drain_plan(); }),
      reflection_service_({control::v1::ConnectionService::service_full_name(),
                           control::v1::NodeService::service_full_name(), "grpc.health.v1.Health"},
                          &guard_),
      rpc_metrics_({control::v1::ConnectionService::service_full_name(),
                    control::v1::NodeService::service_full_name()}),
      control_port_({.listen = flags.control_listen,
                     .max_connections = flags.control_connections,
                     .user_timeout = kKeepaliveTimeout},
                    &clock_) {
  ServeControl();
  TellHealth();
  admin_ = std::make_unique<Admin>(
      flags.admin_listen,
      Admin::Node{.gateway = gateway_,
                  .watches = connection_service_.watches(),
                  .rpcs = rpc_metrics_,
                  .control_port = control_port_,
                  .reloads = reloads_,
                  .clock = clock_,
                  .control_certificate_not_after = [this] { return ControlCertificateNotAfter(); },
                  .not_ready = [this] { return WhyNotReady(); }},
      [this] { TellHealth(); });
  WarnAtStart();
  reloads_.Succeeded("flags");
  if (has_tls_) reloads_.Succeeded("tls");
  if (control_certificates_ != nullptr) reloads_.Succeeded("control_tls");
  if (authenticator_.asks()) reloads_.Succeeded("control_tokens");
  if (has_tls_) tls_files_.Start([this] { ReloadTls(); });
  if (control_certificates_ != nullptr) control_tls_files_.Start([this] { ReloadControlTls(); });
  if (authenticator_.asks()) control_tokens_file_.Start([this] { ReloadControlTokens(); });
}

// gRPC listens nowhere: it gets what the control port accepts.
void Server::ServeControl() {
  grpc::ServerBuilder builder;
  PortOptions port_options{
      .certificates = control_certificates_.get(), .guard = &guard_, .guarded_methods = {}};
  for (const auto* const methods :
       {&connection_service_.service().methods(), &node_service_.service().methods(),
        &health_service_.service().methods(), &reflection_service_.v1().methods(),
        &reflection_service_.v1alpha().methods()}) {
    port_options.guarded_methods.insert(methods->begin(), methods->end());
  }
  control_acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      NewPortCredentials(port_options));
  SetLimits(builder);
  builder.RegisterService(&connection_service_.service());
  builder.RegisterService(&node_service_.service());
  builder.RegisterService(&reflection_service_.v1());
  builder.RegisterService(&reflection_service_.v1alpha());
  builder.RegisterService(&health_service_.service());
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(rpc_metrics_.NewInterceptorFactory());
  interceptors.push_back(calls_.NewInterceptorFactory());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  control_ = builder.BuildAndStart();
  if (control_ == nullptr) throw std::runtime_error("the gRPC server of the control port cannot be started");
  control_port_.Start([this](int socket) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = socket;
    control_acceptor_->HandleNewConnection(&connection);
  });
}

// gRPC begins with a GOAWAY, at which some clients drop what they have not read of their calls, and cancels
// calls that come behind it. So each call is answered and read before.
void Server::AnswerLastCalls() {
  guard_.Set(Guard::Door::kNodeGone);
  connection_service_.EndWatches();
  health_service_.EndWatches();
  if (!calls_.AwaitNone(kLastAnswers)) spdlog::warn("calls of the control API are cut: they were not read");
  if (control_port_.connections() != 0) std::this_thread::sleep_for(kLastReads);
  guard_.Set(Guard::Door::kServicesGone);
}

// gRPC would leak a connection that it gets when it ends.
void Server::EndControl(std::chrono::milliseconds patience) {
  control_port_.Stop();
  control_->Shutdown(std::chrono::system_clock::now() + patience);
}

void Server::ReloadFiles() {
  if (has_tls_) ReloadTls();
  if (control_certificates_ != nullptr) ReloadControlTls();
  if (authenticator_.asks()) ReloadControlTokens();
}

void Server::ReloadTls() {
  MutexLock lock(reloading_);
  try {
    gateway_.ReloadTls();
    reloads_.Succeeded("tls");
    spdlog::info("--tls_cert was read again: new clients get the new certificate");
    WarnOfExpiry("--tls_cert", gateway_.certificate_not_after(), clock_);
  } catch (const std::exception& error) {
    reloads_.Failed("tls");
    spdlog::error("--tls_cert cannot be used, the old certificate stays in use: {}", error.what());
  }
}

std::optional<NotReady> Server::WhyNotReady() const {
  switch (drainer_.state()) {
    case NodeState::kServing:
      break;
    case NodeState::kDraining:
      return NotReady{"draining", "the node is being emptied"};
    case NodeState::kDrained:
      return NotReady{"drained", "the node was emptied and not resumed"};
  }
  if (!gateway_.full() || !MindsBeingFull()) return std::nullopt;
  return NotReady{"full", fmt::format("all {} places for clients are taken", gateway_.max_connections())};
}

bool Server::MindsBeingFull() const {
  MutexLock lock(mu_);
  return flags_.not_ready_when_full;
}

// The node as a whole is serving while it is ready. Its control API is until it goes: who empties a node, or
// is to make room in a full one, needs it.
void Server::TellHealth() {
  health_service_.Set("", !WhyNotReady().has_value());
  health_service_.Set(control::v1::ConnectionService::service_full_name(), true);
  health_service_.Set(control::v1::NodeService::service_full_name(), true);
}

void Server::ReloadControlTls() {
  MutexLock lock(reloading_);
  try {
    control_certificates_->Reload();
    reloads_.Succeeded("control_tls");
    spdlog::info("--control_tls_cert was read again: new callers get the new certificate");
    WarnOfExpiry("--control_tls_cert", control_certificates_->not_after(), clock_);
  } catch (const std::exception& error) {
    reloads_.Failed("control_tls");
    spdlog::error("--control_tls_cert cannot be used, the old certificate stays in use: {}", error.what());
  }
}

void Server::ReloadControlTokens() {
  MutexLock lock(reloading_);
  try {
    const size_t callers = authenticator_.Reload();
    reloads_.Succeeded("control_tokens");
    spdlog::info("{} was read: {} tokens and certificates may call", authenticator_.path(), callers);
    WarnOfNoCallers(authenticator_);
  } catch (const std::exception& error) {
    reloads_.Failed("control_tokens");
    spdlog::error("{} cannot be used, callers that it no longer has may still call: {}",
                  authenticator_.path(), error.what());
  }
}

// What a good start may hide.
void Server::WarnAtStart() const {
  WarnOfExpiry("--tls_cert", gateway_.certificate_not_after(), clock_);
  if (control_certificates_ != nullptr)
    WarnOfExpiry("--control_tls_cert", control_certificates_->not_after(), clock_);
  WarnOfNoCallers(authenticator_);
}

Server::~Server() {
  admin_.reset();
  tls_files_.Stop();
  control_tls_files_.Stop();
  control_tokens_file_.Stop();
  if (control_ != nullptr) {
    gateway_.CutEveryone();
    EndControl(std::chrono::milliseconds(0));
  }
}

FlagChanges Server::Reload(const Flags& flags) {
  MutexLock lock(mu_);
  FlagChanges changes = TakeReloadable(flags, &flags_);
  if (!changes.taken.empty()) gateway_.Apply(OptionsOf(flags_));
  SetLogLevel(flags_.log_level);
  reloads_.Succeeded("flags");
  return changes;
}

std::optional<std::chrono::system_clock::time_point> Server::ControlCertificateNotAfter() const {
  if (control_certificates_ == nullptr) return std::nullopt;
  return control_certificates_->not_after();
}

Flags Server::flags() const {
  MutexLock lock(mu_);
  return flags_;
}

DrainPlan Server::drain_plan() const {
  MutexLock lock(mu_);
  DrainPlan plan{.not_ready = flags_.drain_not_ready, .spread = flags_.drain_spread};
  plan.close.grace = flags_.drain_grace;
  plan.close.code = flags_.drain_code;
  return plan;
}

int64_t Server::Shutdown(DrainPlan plan) {
  const int64_t closed = drainer_.Shutdown(std::move(plan));
  AnswerLastCalls();
  EndControl(std::chrono::seconds(1));
  control_.reset();
  return closed;
}

}  // namespace drawbridge
