// The keys that encrypt the session tickets of TLS clients (RFC 5077; RFC 8446, section 4.6.1). A client that
// reconnects with a ticket skips half of the handshake.
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

// Thread-safe. Outlives a reload of the certificate: tickets stay valid.
class TicketKeys {
 public:
  // How long a ticket is valid, and how long a key encrypts new tickets. Only one earlier key is kept, so
  // that stolen keys cannot decrypt traffic that was recorded long ago.
  static constexpr std::chrono::hours kLifetime{2};

  // `clock` must outlive the keys.
  explicit TicketKeys(const Clock* clock) : clock_(clock) {}

  // Makes `context`, and the connections created from it, use these keys, which must outlive it.
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
  // The current key; nullopt: no randomness is available.
  std::optional<Key> Current();
  // The key of that name, if it is still known; `is_current`: whether it is the current one.
  std::optional<Key> Find(const unsigned char* name, bool* is_current);

  const Clock* const clock_;
  Mutex mu_;
  std::optional<Key> current_ ABSL_GUARDED_BY(mu_);
  std::optional<Key> previous_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TICKET_KEYS_H_
