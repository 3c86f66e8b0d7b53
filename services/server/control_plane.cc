#include "services/server/control_plane.h"

#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "services/auth/port_credentials.h"
#include "services/control/wire.h"
#include "services/server/tls_flags.h"

namespace drawbridge {
namespace {

// For a caller of the control plane to answer a ping, and to acknowledge what was sent to it.
constexpr std::chrono::milliseconds kKeepaliveTimeout{20'000};

// At the end of the node: the time in which calls under way are answered and their answers are written, and
// the time in which their callers read them. A call that begins in this time gets NODE_GONE.
constexpr std::chrono::milliseconds kLastAnswers{1000};
constexpr std::chrono::milliseconds kLastReads{200};

// The limits of one client of the control plane; docs/watch.md has the figures. The limit of the watches is
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

}  // namespace

ControlPlane::ControlPlane(const Flags& flags, const Node& node)
    : authenticator_(flags.control_tokens),
      guard_(&authenticator_, node.clock),
      certificates_(flags.control_tls_cert.empty()
                        ? nullptr
                        : std::make_unique<PortCertificates>(ControlTlsFilesOf(flags), node.clock)),
      health_service_(&guard_, {"", control::v1::ConnectionService::service_full_name(),
                                control::v1::BanService::service_full_name(),
                                control::v1::NodeService::service_full_name()}),
      drainer_(node.gateway, node.clock, node.on_drain_change),
      connection_service_(&node.gateway->registry(), &node.gateway->send_budget(), &ban_keeper_, node.clock,
                          &guard_),
      ban_service_({.registry = &node.gateway->registry(),
                    .bans = &node.gateway->bans(),
                    .keeper = &ban_keeper_,
                    .clock = node.clock,
                    .guard = &guard_}),
      node_service_({.gateway = node.gateway, .drainer = &drainer_, .clock = node.clock, .guard = &guard_},
                    node.drain_plan),
      reflection_service_(
          {control::v1::ConnectionService::service_full_name(), control::v1::BanService::service_full_name(),
           control::v1::NodeService::service_full_name(), "grpc.health.v1.Health"},
          &guard_),
      rpc_metrics_({control::v1::ConnectionService::service_full_name(),
                    control::v1::BanService::service_full_name(),
                    control::v1::NodeService::service_full_name()}),
      ban_keeper_(flags.bans_file, &node.gateway->bans()),
      port_({.listen = flags.control_listen,
             .max_connections = flags.control_connections,
             .user_timeout = kKeepaliveTimeout},
            node.clock) {
  // A drained or full node is not serving, but its services are: they are how it is resumed.
  health_service_.Set(control::v1::ConnectionService::service_full_name(), true);
  health_service_.Set(control::v1::BanService::service_full_name(), true);
  health_service_.Set(control::v1::NodeService::service_full_name(), true);
}

// gRPC itself listens nowhere: it gets the sockets that the control port accepts.
void ControlPlane::Start() {
  grpc::ServerBuilder builder;
  PortOptions port_options{.certificates = certificates_.get(), .guard = &guard_, .guarded_methods = {}};
  for (const auto* const methods :
       {&connection_service_.service().methods(), &ban_service_.service().methods(),
        &node_service_.service().methods(), &health_service_.service().methods(),
        &reflection_service_.v1().methods(), &reflection_service_.v1alpha().methods()}) {
    port_options.guarded_methods.insert(methods->begin(), methods->end());
  }
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      NewPortCredentials(port_options));
  SetLimits(builder);
  builder.RegisterService(&connection_service_.service());
  builder.RegisterService(&ban_service_.service());
  builder.RegisterService(&node_service_.service());
  builder.RegisterService(&reflection_service_.v1());
  builder.RegisterService(&reflection_service_.v1alpha());
  builder.RegisterService(&health_service_.service());
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(rpc_metrics_.NewInterceptorFactory());
  interceptors.push_back(calls_.NewInterceptorFactory());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) throw std::runtime_error("the gRPC server of the control port cannot be started");
  port_.Start([this](int socket) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = socket;
    acceptor_->HandleNewConnection(&connection);
  });
}

void ControlPlane::Shutdown() {
  AnswerLastCalls();
  End(std::chrono::seconds(1));
}

// Calls are answered before gRPC ends, because gRPC begins with a GOAWAY, at which some clients drop answers
// that they have not read, and cancels calls that begin after it.
void ControlPlane::AnswerLastCalls() {
  guard_.Set(Guard::Door::kNodeGone);
  connection_service_.EndWatches();
  health_service_.EndWatches();
  if (!calls_.AwaitNone(kLastAnswers)) spdlog::warn("calls of the control API are cut: they were not read");
  if (port_.connections() != 0) std::this_thread::sleep_for(kLastReads);
  guard_.Set(Guard::Door::kServicesGone);
}

// The port stops first: gRPC would leak a connection that it gets while it ends.
void ControlPlane::End(std::chrono::milliseconds patience) {
  port_.Stop();
  server_->Shutdown(std::chrono::system_clock::now() + patience);
  server_.reset();
}

ControlPlane::~ControlPlane() {
  if (server_ != nullptr) End(std::chrono::milliseconds(0));
}

}  // namespace drawbridge
