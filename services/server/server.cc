#include "services/server/server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

#include "gateway/base/log.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/bans.h"
#include "gateway/handlers/new_handler.h"
#include "gateway/identity/https_fetch.h"
#include "gateway/identity/key_fetcher.h"
#include "gateway/identity/key_source.h"
#include "gateway/identity/token_rules.h"
#include "gateway/listener/gateway.h"
#include "gateway/listener/host_policy.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/subprotocols.h"
#include "gateway/listener/trusted_headers.h"
#include "gateway/listener/trusted_proxies.h"
#include "services/admin/admin.h"
#include "services/admin/probes.h"
#include "services/control/ban_keeper.h"
#include "services/server/control_plane.h"
#include "services/server/identity_flags.h"
#include "services/server/memory_return.h"
#include "services/server/tls_flags.h"

namespace drawbridge {
namespace {

GatewayOptions OptionsOf(const Flags& flags, std::shared_ptr<const TokenRules> rules) {
  return {.listen = flags.listen,
          .io_threads = flags.io_threads,
          .max_connections = flags.max_connections,
          .max_connections_per_address = flags.max_connections_per_address,
          .max_connections_per_principal = flags.max_connections_per_principal,
          .send_queue_total_bytes = flags.send_queue_total_bytes,
          .handshakes_per_second = flags.handshakes_per_second,
          .handshake_timeout = flags.handshake_timeout,
          .max_handshake_bytes = flags.max_handshake_bytes,
          .allowed_hosts = *HostPolicy::Parse(flags.allowed_hosts),
          .allowed_origins = *OriginPolicy::Parse(flags.allowed_origins),
          .subprotocols = *SubprotocolPolicy::Parse(flags.subprotocols, flags.subprotocol_token_prefixes),
          .trusted_proxies = *TrustedProxies::Parse(flags.trusted_proxies),
          .trusted_headers = *TrustedHeaders::Parse(flags.trusted_header),
          .identity = IdentityPolicyOf(flags, std::move(rules)),
          .session = {.max_message_bytes = flags.max_message_bytes,
                      .send_queue_bytes = flags.send_queue_bytes,
                      .send_stall_timeout = flags.send_stall_timeout,
                      .ping_interval = flags.ping_interval,
                      .pong_timeout = flags.pong_timeout,
                      .keepalive_proves_life = flags.keepalive_proves_life,
                      .idle_timeout = flags.idle_timeout,
                      .max_connection_age = flags.max_connection_age,
                      .max_age_code = flags.max_age_code,
                      .token_expired_code = flags.jwt_expired_code,
                      .deflate = flags.permessage_deflate ? std::optional(flags.deflate) : std::nullopt,
                      .rates = {.messages_per_second = flags.messages_per_second,
                                .bytes_per_second = flags.bytes_per_second}},
          .tls = TlsFilesOf(flags)};
}

GatewayOptions OptionsAtStart(const Flags& flags, const std::shared_ptr<const TokenRules>& rules,
                              KeySource* keys, const Clock& clock) {
  GatewayOptions options = OptionsOf(flags, rules);
  options.keys = keys;
  options.bans = LoadBans(flags.bans_file, clock.Wall());
  return options;
}

// Reads the file of --jwt_keys. A text instead says why it cannot be used.
std::optional<std::string> TakeKeys(KeySource* keys) {
  const auto text = ReadKeys(keys->name());
  if (!text.has_value()) return "it cannot be read";
  return keys->Take(*text);
}

// Null: --jwt_keys is not given. The keys of a file are there before the first client is.
std::unique_ptr<KeySource> KeysOf(const Flags& flags, const Clock* clock) {
  if (flags.jwt_keys.empty()) return nullptr;
  auto keys = std::make_unique<KeySource>(flags.jwt_keys, clock);
  if (KeyUrlOf(flags).has_value()) return keys;
  if (const auto problem = TakeKeys(keys.get()); problem.has_value())
    throw std::runtime_error(fmt::format("--jwt_keys is \"{}\": {}", flags.jwt_keys, *problem));
  return keys;
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
      keys_file_({KeyUrlOf(flags).has_value() ? "" : flags.jwt_keys}),
      rules_(TokenRulesOf(flags)),
      keys_(KeysOf(flags, &clock_)),
      gateway_(std::make_unique<Gateway>(OptionsAtStart(flags, rules_, keys_.get(), clock_),
                                         NodeIdentity::Draw(flags.node_id), handler_.get(), &clock_)),
      control_(std::make_unique<ControlPlane>(flags, ControlPlane::Node{
                                                         .gateway = gateway_.get(),
                                                         .clock = &clock_,
                                                         .drain_plan = [this] { return drain_plan(); },
                                                         .on_drain_change = [this] { TellHealth(); },
                                                     })) {
  StartFetching(flags);
  control_->Start();
  TellHealth();
  memory_return_ = std::make_unique<MemoryReturn>([this] { return gateway_->registry().size(); },
                                                  [this] { return gateway_->registry().TakePeak(); });
  const PortCertificates* const control_certificates = control_->certificates();
  admin_ =
      std::make_unique<Admin>(flags.admin_listen,
                              Admin::Node{.gateway = *gateway_,
                                          .watches = control_->watches(),
                                          .rpcs = control_->rpc_metrics(),
                                          .control_port = control_->port(),
                                          .reloads = reloads_,
                                          .clock = clock_,
                                          .control_certificate_not_after =
                                              [control_certificates] {
                                                return control_certificates == nullptr
                                                           ? std::nullopt
                                                           : std::optional(control_certificates->not_after());
                                              },
                                          .not_ready = [this] { return WhyNotReady(); }},
                              [this] { Tick(); });
  WarnAtStart();
  WatchFiles();
}

Server::~Server() {
  admin_.reset();
  key_fetcher_.reset();
  keys_file_.Stop();
  tls_files_.Stop();
  control_tls_files_.Stop();
  control_tokens_file_.Stop();
  gateway_->CutEveryone();
}

const std::string& Server::control_address() const { return control_->address(); }
const std::string& Server::admin_address() const { return admin_->address(); }
const Watches& Server::watches() const { return control_->watches(); }

int64_t Server::Shutdown(DrainPlan plan) {
  const int64_t closed = control_->drainer().Shutdown(std::move(plan));
  control_->Shutdown();
  return closed;
}

void Server::HastenShutdown() { control_->drainer().Hasten(); }

// Warns of settings with which the node starts, but does not work as expected.
void Server::WarnAtStart() const {
  WarnOfExpiry("--tls_cert", gateway_->certificate_not_after(), clock_);
  if (const auto* const certificates = control_->certificates())
    WarnOfExpiry("--control_tls_cert", certificates->not_after(), clock_);
  WarnOfNoCallers(control_->authenticator());
}

void Server::WatchFiles() {
  reloads_.Succeeded("flags");
  if (has_tls_) {
    reloads_.Succeeded("tls");
    tls_files_.Start([this] { ReloadTls(); });
  }
  if (control_->certificates() != nullptr) {
    reloads_.Succeeded("control_tls");
    control_tls_files_.Start([this] { ReloadControlTls(); });
  }
  if (keys_ != nullptr && key_fetcher_ == nullptr) {
    reloads_.Succeeded("jwt_keys");
    keys_file_.Start([this] { ReloadKeys(); });
  }
  if (control_->authenticator().asks()) {
    reloads_.Succeeded("control_tokens");
    control_tokens_file_.Start([this] { ReloadControlTokens(); });
  }
}

void Server::StartFetching(const Flags& flags) {
  auto url = KeyUrlOf(flags);
  if (!url.has_value()) return;
  key_fetcher_ = std::make_unique<KeyFetcher>(
      keys_.get(), [url = *std::move(url), ca = flags.jwt_keys_ca](const std::stop_token& stop) {
        return FetchHttps(url, ca, stop);
      });
}

void Server::ReloadKeys() {
  MutexLock lock(reloading_);
  if (const auto problem = TakeKeys(keys_.get()); problem.has_value()) {
    reloads_.Failed("jwt_keys");
    spdlog::error("--jwt_keys cannot be used, the old keys stay in use: {}", *problem);
  } else {
    reloads_.Succeeded("jwt_keys");
  }
}

void Server::ReloadFiles() {
  if (keys_ != nullptr && key_fetcher_ == nullptr) ReloadKeys();
  if (has_tls_) ReloadTls();
  if (control_->certificates() != nullptr) ReloadControlTls();
  if (control_->authenticator().asks()) ReloadControlTokens();
}

void Server::ReloadTls() {
  MutexLock lock(reloading_);
  try {
    gateway_->ReloadTls();
    reloads_.Succeeded("tls");
    spdlog::info("--tls_cert was read again: new clients get the new certificate");
    WarnOfExpiry("--tls_cert", gateway_->certificate_not_after(), clock_);
  } catch (const std::exception& error) {
    reloads_.Failed("tls");
    spdlog::error("--tls_cert cannot be used, the old certificate stays in use: {}", error.what());
  }
}

std::optional<NotReady> Server::WhyNotReady() const {
  switch (control_->drainer().state()) {
    case NodeState::kServing:
      break;
    case NodeState::kDraining:
      return NotReady{"draining", "the node is being emptied"};
    case NodeState::kDrained:
      return NotReady{"drained", "the node was emptied and not resumed"};
  }
  if (keys_ != nullptr && keys_->usable() == 0)
    return NotReady{"no_keys", "there are no keys to verify tokens of clients yet"};
  if (!gateway_->full() || !FullIsNotReady()) return std::nullopt;
  return NotReady{"full", fmt::format("all {} places for clients are taken", gateway_->max_connections())};
}

bool Server::FullIsNotReady() const {
  MutexLock lock(mu_);
  return flags_.not_ready_when_full;
}

// Once a second.
void Server::Tick() {
  constexpr size_t kBansSwept = 10'000;
  TellHealth();
  gateway_->bans().Sweep(kBansSwept);
}

void Server::TellHealth() { control_->SetServing(!WhyNotReady().has_value()); }

void Server::ReloadControlTls() {
  MutexLock lock(reloading_);
  try {
    control_->certificates()->Reload();
    reloads_.Succeeded("control_tls");
    spdlog::info("--control_tls_cert was read again: new callers get the new certificate");
    WarnOfExpiry("--control_tls_cert", control_->certificates()->not_after(), clock_);
  } catch (const std::exception& error) {
    reloads_.Failed("control_tls");
    spdlog::error("--control_tls_cert cannot be used, the old certificate stays in use: {}", error.what());
  }
}

void Server::ReloadControlTokens() {
  MutexLock lock(reloading_);
  Authenticator& authenticator = control_->authenticator();
  try {
    const size_t callers = authenticator.Reload();
    reloads_.Succeeded("control_tokens");
    spdlog::info("{} was read: {} tokens and certificates may call", authenticator.path(), callers);
    WarnOfNoCallers(authenticator);
  } catch (const std::exception& error) {
    reloads_.Failed("control_tokens");
    spdlog::error("{} cannot be used, callers that it no longer has may still call: {}", authenticator.path(),
                  error.what());
  }
}

FlagChanges Server::Reload(const Flags& flags) {
  MutexLock lock(mu_);
  FlagChanges changes = TakeReloadable(flags, &flags_);
  const bool rules_change = std::ranges::any_of(
      changes.taken, [](const FlagChange& change) { return change.name.starts_with("jwt_"); });
  if (rules_change) rules_ = TokenRulesOf(flags_);
  if (!changes.taken.empty()) gateway_->Apply(OptionsOf(flags_, rules_));
  SetLogLevel(flags_.log_level);
  reloads_.Succeeded("flags");
  return changes;
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

}  // namespace drawbridge
