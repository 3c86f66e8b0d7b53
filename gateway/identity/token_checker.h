// Verifies the tokens of clients without making any I/O thread wait.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_CHECKER_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_CHECKER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/base/clock.h"
#include "gateway/identity/client_identity.h"
#include "gateway/identity/key_source.h"
#include "gateway/identity/token_cache.h"
#include "gateway/identity/token_refusal.h"

namespace drawbridge {

// The result of a check: an identity, a refusal, or neither where there are no keys.
struct TokenCheck {
  IdentityPointer identity;
  std::optional<TokenRefusal> refusal;
};

// Counts since the start.
struct TokenCounts {
  uint64_t cached = 0;    // found among the verified tokens
  uint64_t verified = 0;  // by a signature
  uint64_t refused = 0;
  uint64_t no_keys = 0;                              // there was no key set
  uint64_t busy = 0;                                 // the queue was full
  std::array<uint64_t, kTokenRuleCount> refusals{};  // `refused` by rule
  uint64_t missing = 0;                              // clients without a token
  uint64_t malformed = 0;  // clients with two tokens in one place, or with something that cannot be one
};

// Thread-safe. Has one worker thread. A signature takes it up to a millisecond, so unseen tokens wait for
// each other, and neither for clients that are connected nor the reverse.
class TokenChecker {
 public:
  // At the bound Submit refuses.
  static constexpr size_t kMaxWaiting = 2048;

  // `keys` and `clock` must outlive it. To be called before `keys` fetches.
  TokenChecker(KeySource* keys, const Clock* clock, size_t max_waiting = kMaxWaiting);
  // Drops the checks that wait. Blocks until the one that runs has ended.
  ~TokenChecker();
  TokenChecker(const TokenChecker&) = delete;
  TokenChecker& operator=(const TokenChecker&) = delete;

  const KeySource& keys() const { return keys_; }

  // The identity of a token that was verified before with the same keys and rules and has not expired; else
  // null. Takes about a microsecond. `rules` must live as long as this object.
  IdentityPointer FindVerified(std::string_view token, const TokenRules& rules);

  struct Job {
    std::string token;
    const TokenRules* rules;  // as in FindVerified
    // Only a token of this principal is accepted; another one breaks TokenRule::kPrincipal. nullopt: any.
    std::optional<std::string> principal = std::nullopt;
    // Set by the owner when it no longer needs the result; the check may then be left out, and `done` too.
    std::shared_ptr<const std::atomic<bool>> abandoned;
    // Called once, on the worker thread. Must not block. What it refers to must live until `abandoned` is set
    // or this object is destroyed.
    std::function<void(TokenCheck)> done;
  };
  // Verifies a token on the worker thread. A token that needs a newer key set than the one in use waits for
  // the fetch that runs or that it causes, and is judged when that has ended. False: kMaxWaiting checks wait
  // already, and `done` is not called.
  [[nodiscard]] bool Submit(Job job);

  // Counts a client that has no token though one is required, or one whose request has no single token.
  void CountMissing() { counters_.missing.fetch_add(1, std::memory_order_relaxed); }
  void CountMalformed() { counters_.malformed.fetch_add(1, std::memory_order_relaxed); }
  TokenCounts counts() const;
  // How many checks wait, for the worker or for a key set.
  size_t waiting() const;

 private:
  struct Queue;  // shared with the source of keys, which may call Ring at any time

  struct Counters {
    std::atomic<uint64_t> cached = 0;
    std::atomic<uint64_t> verified = 0;
    std::atomic<uint64_t> no_keys = 0;
    std::atomic<uint64_t> busy = 0;
    std::atomic<uint64_t> missing = 0;
    std::atomic<uint64_t> malformed = 0;
    std::array<std::atomic<uint64_t>, kTokenRuleCount> refusals{};
  };

  struct Waiting;
  void Run();
  void Check(Waiting job);
  TokenCheck Judge(const Job& job, const Keys& keys);
  void Finish(const Job& job, TokenCheck check);

  KeySource& keys_;
  const Clock& clock_;
  const size_t max_waiting_;
  TokenCache cache_;
  Counters counters_;
  const std::shared_ptr<Queue> queue_;
  std::thread worker_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_CHECKER_H_
