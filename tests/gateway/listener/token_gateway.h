// A data plane in this process that asks its clients for tokens.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_LISTENER_TOKEN_GATEWAY_H_
#define DRAWBRIDGE_TESTS_GATEWAY_LISTENER_TOKEN_GATEWAY_H_

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "gateway/identity/key_fetcher.h"
#include "gateway/identity/key_source.h"
#include "gateway/identity/token_rules.h"
#include "gateway/listener/gateway.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/token_maker.h"

namespace drawbridge {

inline std::vector<LabelRule> LabelRules(const std::vector<std::string>& texts) {
  return std::get<std::vector<LabelRule>>(ParseLabelRules(texts));
}

// Tokens are of issuer "https://issuer.example" and signed by the key "k1".
class TokenGateway {
 public:
  using Change = std::function<void(GatewayOptions*)>;

  // `has_keys`: the source has the key from the start.
  explicit TokenGateway(const Change& change = {}, bool has_keys = true) : running_(Options(change)) {
    if (has_keys) source_.Take(KeySet());
  }

  RunningGateway& running() { return running_; }
  Gateway& gateway() { return running_.gateway(); }
  KeySource& source() { return source_; }
  const SigningKey& key() const { return key_; }

  // A set with the key.
  std::string KeySet(const std::string& key_id = "k1") const {
    return KeySetText({key_.Jwk(fmt::format(R"("kid":"{}")", key_id))});
  }

  static std::string Payload(const std::string& principal,
                             std::chrono::seconds lifetime = std::chrono::hours(1),
                             const std::string& more = "") {
    const ManualClock clock;  // begins as that of the gateway
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock.Wall().time_since_epoch());
    return fmt::format(R"({{"iss":"https://issuer.example","sub":"{}","exp":{}{}}})", principal,
                       (now + lifetime).count(), more);
  }
  std::string Token(const std::string& payload, const std::string& key_id = "k1") const {
    return key_.TokenOf("EdDSA", key_id, payload);
  }
  std::string TokenOf(const std::string& principal) const { return Token(Payload(principal)); }

  static Client::Options Bearer(const std::string& token) {
    return {.headers = {"Authorization: Bearer " + token}};
  }
  Client Open(const std::string& token) { return running_.Open(Bearer(token)); }
  // The answer to an upgrade.
  HttpResponse Ask(const Client::Options& options) { return running_.Dial(options).Upgrade(); }
  HttpResponse Ask(const std::string& token) { return Ask(Bearer(token)); }

 private:
  GatewayOptions Options(const Change& change) {
    auto rules = std::make_shared<TokenRules>();
    rules->issuer = "https://issuer.example";
    rules->labels = LabelRules({"role=role"});
    GatewayOptions options;
    options.identity.rules = std::move(rules);
    options.keys = &source_;
    if (change) change(&options);
    return options;
  }

  ManualClock source_clock_;
  KeySource source_{"test", &source_clock_};
  SigningKey key_ = SigningKey::Ed25519();
  RunningGateway running_;
};

// Fetches key sets for a source, one answer after the other, each when the test gives it.
class FakeFetches {
 public:
  explicit FakeFetches(KeySource* source)
      : fetcher_(
            source, [this](const std::stop_token& stop) { return Next(stop); }, [] { return 0.0; }) {}
  ~FakeFetches() { Give(std::string("the test is over")); }

  // Gives the answer to the fetch that runs or to the next one.
  void Give(KeySource::Fetched answer) {
    const std::lock_guard lock(mu_);
    answers_.push_back(std::move(answer));
    given_.notify_all();
  }
  int begun() const { return begun_; }

 private:
  KeySource::Fetched Next(const std::stop_token& stop) {
    ++begun_;
    std::unique_lock lock(mu_);
    if (!given_.wait(lock, stop, [this] { return !answers_.empty(); })) return std::string("stopped");
    auto answer = std::move(answers_.front());
    answers_.erase(answers_.begin());
    return answer;
  }

  std::mutex mu_;
  std::condition_variable_any given_;
  std::vector<KeySource::Fetched> answers_;
  std::atomic<int> begun_ = 0;
  KeyFetcher fetcher_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_LISTENER_TOKEN_GATEWAY_H_
