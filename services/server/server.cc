#include "services/server/server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "gateway/base/log.h"
#include "gateway/base/node_identity.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/trusted_proxies.h"
#include "services/server/tls_flags.h"

namespace drawbridge {
namespace {

GatewayOptions OptionsOf(const Flags& flags) {
  return {.listen = flags.listen,
          .io_threads = flags.io_threads,
          .max_connections = flags.max_connections,
          .max_connections_per_address = flags.max_connections_per_address,
          .handshakes_per_second = flags.handshakes_per_second,
          .handshake_timeout = flags.handshake_timeout,
          .allowed_origins = *OriginPolicy::Parse(flags.allowed_origins),
          .trusted_proxies = *TrustedProxies::Parse(flags.trusted_proxies),
          .session = {.max_message_bytes = flags.max_message_bytes,
                      .send_queue_bytes = flags.send_queue_bytes,
                      .send_stall_timeout = flags.send_stall_timeout,
                      .ping_interval = flags.ping_interval,
                      .pong_timeout = flags.pong_timeout,
                      .idle_timeout = flags.idle_timeout,
                      .max_connection_age = flags.max_connection_age,
                      .deflate = flags.permessage_deflate ? std::optional(flags.deflate) : std::nullopt,
                      .rates = {.messages_per_second = flags.messages_per_second,
                                .bytes_per_second = flags.bytes_per_second}},
          .tls = TlsFilesOf(flags)};
}

// What one client may ask of the control plane; docs/watch.md has the figures. The bound of the watches is
// Watches::Options::max_watches.
void SetLimits(grpc::ServerBuilder& builder) {
  constexpr int kMaxReceiveBytes = 4 << 20;
  constexpr int kMaxSendBytes = 32 << 20;  // a page of 1,000 with the longest headers and labels fits
  constexpr int kMaxStreams = 1024;        // of one connection; more wait on the client's side
  constexpr int kKeepaliveMs = 60'000;     // a client that has vanished keeps no watch
  constexpr int kKeepaliveTimeoutMs = 20'000;
  constexpr int kMinPingIntervalMs = 10'000;  // who pings more often is told too_many_pings and goes
  constexpr int kMaxPingStrikes = 2;
  builder.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  builder.SetMaxSendMessageSize(kMaxSendBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kMaxPingStrikes);
}

}  // namespace

Server::Server(const Flags& flags)
    : flags_(flags),
      tls_files_({flags.tls_cert, flags.tls_key, flags.tls_client_ca}),
      gateway_(OptionsOf(flags), NodeIdentity::Draw(flags.node_id), &handler_, &clock_),
      drainer_(&gateway_, &clock_, [this](bool ready) { SetReady(ready); }),
      connection_service_(&gateway_.registry(), &clock_),
      node_service_(&gateway_, &drainer_, &clock_, [this] { return drain_plan(); }) {
  // Process-wide in gRPC, and wanted by each server here: health and reflection let grpcurl work without
  // proto files.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // or two nodes could share a port without a word
  int port = 0;
  builder.AddListeningPort(flags.control_listen, grpc::InsecureServerCredentials(), &port);
  SetLimits(builder);
  builder.RegisterService(&connection_service_);
  builder.RegisterService(&node_service_);
  control_ = builder.BuildAndStart();
  if (control_ == nullptr || port == 0) {
    throw std::runtime_error(
        fmt::format("listen on {}: the control address cannot be had", flags.control_listen));
  }
  control_address_ =
      fmt::format("{}:{}", flags.control_listen.substr(0, flags.control_listen.rfind(':')), port);
  SetReady(true);
  if (!flags.tls_cert.empty()) tls_files_.Start([this] { ReloadTls(); });
}

void Server::ReloadTls() {
  try {
    gateway_.ReloadTls();
    spdlog::info("TLS files have changed: new clients get the new certificate");
  } catch (const std::exception& error) {
    spdlog::error("TLS files have changed and cannot be used, the old certificate stays: {}", error.what());
  }
}

Server::~Server() {
  tls_files_.Stop();
  if (control_ != nullptr) {
    gateway_.CutEveryone();
    control_->Shutdown(std::chrono::system_clock::now());
  }
}

// Of the node: balancers may send it clients. The control services answer all the same, and are told apart by
// their names.
void Server::SetReady(bool ready) {
  auto* health = control_->GetHealthCheckService();
  health->SetServingStatus("", ready);
  health->SetServingStatus(control::v1::ConnectionService::service_full_name(), true);
  health->SetServingStatus(control::v1::NodeService::service_full_name(), true);
}

std::vector<std::string> Server::Reload(const Flags& flags) {
  MutexLock lock(mu_);
  if (!flags_.tls_cert.empty()) gateway_.ReloadTls();
  auto others = TakeReloadable(flags, &flags_);
  gateway_.Apply(OptionsOf(flags_));
  SetLogLevel(flags_.log_level);
  return others;
}

DrainPlan Server::drain_plan() const {
  MutexLock lock(mu_);
  DrainPlan plan{.not_ready = flags_.drain_not_ready, .spread = flags_.drain_spread};
  plan.close.grace = flags_.drain_grace;
  return plan;
}

int64_t Server::Shutdown(DrainPlan plan) {
  const int64_t closed = drainer_.Shutdown(std::move(plan));
  connection_service_.EndWatches();
  control_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  control_.reset();
  return closed;
}

}  // namespace drawbridge
