// The keys under which clients keep their own TLS sessions (tickets: RFC 5077; RFC 8446, section 4.6.1), so
// that a client which comes back is spared half of the handshake.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_TICKET_KEYS_H_
#define DRAWBRIDGE_GATEWAY_SESSION_TICKET_KEYS_H_

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

// Thread-safe. Outlives a reload of the certificate: a ticket is good after it, too.
class TicketKeys {
 public:
  // A ticket is taken for so long, and a key seals new ones for so long. Of the keys before, one is known:
  // who steals them cannot open what was recorded long ago.
  static constexpr std::chrono::hours kLifetime{2};

  // `clock` must outlive the keys.
  explicit TicketKeys(const Clock* clock) : clock_(clock) {}

  // Has `context`, and what is made of it, use these keys, which must outlive it.
  void Install(SSL_CTX* context);

 private:
  struct Key {
    std::array<unsigned char, 16> name;
    std::array<unsigned char, 32> cipher;
    std::array<unsigned char, 32> mac;
    SteadyTime since;
  };

  static int OnTicket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac, int seal);
  static std::optional<Key> Draw(SteadyTime now);
  // The key of now; nullopt: no randomness is to be had.
  std::optional<Key> Current();
  // The key of that name, where it is still known; `is_current`: whether it is the one of now.
  std::optional<Key> Find(const unsigned char* name, bool* is_current);

  const Clock* const clock_;
  Mutex mu_;
  std::optional<Key> current_ ABSL_GUARDED_BY(mu_);
  std::optional<Key> previous_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TICKET_KEYS_H_
