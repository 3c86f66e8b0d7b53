#include "gateway/listener/gateway.h"

#include <future>
#include <stdexcept>
#include <utility>

namespace drawbridge {
namespace {

// Runs `work` on `thread` and blocks until it is done.
template <typename Work>
void RunOn(IoThread& thread, Work work) {
  std::promise<void> done;
  thread.Post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

UpgradePolicy PolicyOf(const GatewayOptions& options) {
  return {.handshake_timeout = options.handshake_timeout,
          .max_handshake_bytes = options.max_handshake_bytes,
          .session = options.session,
          .trusted_proxies = options.trusted_proxies,
          .trusted_headers = options.trusted_headers,
          .allowed_hosts = options.allowed_hosts,
          .allowed_origins = options.allowed_origins,
          .subprotocols = options.subprotocols,
          .identity = options.identity};
}

}  // namespace

Gateway::Gateway(const GatewayOptions& options, NodeIdentity node, Handler* handler, const Clock* clock)
    : clock_(clock),
      send_budget_(options.send_queue_total_bytes),
      registry_(std::move(node), options.registry, clock),
      slots_(options.max_connections),
      refusal_slots_(kRefusals),
      held_slots_(kHeldRefusals),
      address_slots_(options.max_connections_per_address),
      principal_slots_(options.max_connections_per_principal),
      bans_(clock),
      tokens_(options.keys == nullptr ? nullptr : std::make_unique<TokenChecker>(options.keys, clock)),
      tls_(options.tls.certificate.empty() ? nullptr : std::make_unique<TlsContext>(options.tls, clock)),
      policies_({PolicyOf(options)}),
      upgrades_{.policy = &policies_.back(),
                .handler = handler,
                .registry = &registry_,
                .address_slots = &address_slots_,
                .principal_slots = &principal_slots_,
                .bans = &bans_,
                .tokens = tokens_.get(),
                .refusal_delays = &refusal_delays_,
                .refusal_slots = &refusal_slots_,
                .held_slots = &held_slots_,
                .tls = tls_.get()},
      socket_(options.listen) {
  for (const Ban& ban : options.bans) {
    if (!bans_.Insert(ban)) throw std::length_error("there are too many bans");
  }
  for (int i = 0; i < options.io_threads; ++i) {
    threads_.push_back(std::make_unique<IoThread>(clock, &send_budget_));
  }
  listener_ = std::make_unique<Listener>(
      *threads_.front(), socket_,
      Listener::Options{.slots = &slots_,
                        .refusal_slots = &refusal_slots_,
                        .address_slots = &address_slots_,
                        .upgrades = &upgrades_,
                        .handshakes_per_second = options.handshakes_per_second,
                        .deal = [this](Upgrade::Accepted accepted) { Deal(std::move(accepted)); }});
  listener_->Open();
  for (const auto& thread : threads_) thread->Start();
}

Gateway::~Gateway() {
  // Stop all threads before destroying any: a running one may hand clients to another.
  for (const auto& thread : threads_) thread->Stop();
  tokens_.reset();  // its thread posts to those above
  listener_.reset();
  threads_.clear();
}

void Gateway::Deal(Upgrade::Accepted accepted) {
  IoThread& thread = *threads_[next_thread_++ % threads_.size()];
  if (&thread == threads_.front().get()) return Upgrade::Start(thread, upgrades_, std::move(accepted));
  thread.Post([this, &thread, accepted = std::move(accepted)]() mutable {
    Upgrade::Start(thread, upgrades_, std::move(accepted));
  });
}

void Gateway::Apply(const GatewayOptions& options) {
  slots_.set_capacity(options.max_connections);
  address_slots_.set_limit(options.max_connections_per_address);
  principal_slots_.set_limit(options.max_connections_per_principal);
  send_budget_.set_limit(options.send_queue_total_bytes);
  policies_.push_back(PolicyOf(options));
  upgrades_.policy = &policies_.back();
  RunOn(*threads_.front(), [&] { listener_->LimitHandshakes(options.handshakes_per_second); });
}

Totals Gateway::totals() const {
  Totals totals;
  for (const auto& thread : threads_) thread->counters().AddTo(&totals);
  return totals;
}

std::vector<SteadyTime> Gateway::last_turns() const {
  std::vector<SteadyTime> turns;
  turns.reserve(threads_.size());
  for (const auto& thread : threads_) turns.push_back(thread->last_turn());
  return turns;
}

std::optional<std::chrono::system_clock::time_point> Gateway::certificate_not_after() const {
  if (tls_ == nullptr) return std::nullopt;
  return tls_->not_after();
}

void Gateway::StopAccepting() {
  upgrades_.refusing = true;
  RunOn(*threads_.front(), [this] { listener_->Close(); });
}

void Gateway::ResumeAccepting() {
  socket_.Reopen();
  upgrades_.refusing = false;
  RunOn(*threads_.front(), [this] { listener_->Open(); });
}

void Gateway::CutEveryone() {
  for (const auto& thread : threads_) RunOn(*thread, [&thread] { thread->CutResidents(); });
}

}  // namespace drawbridge
