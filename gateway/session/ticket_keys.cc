#include "gateway/session/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

namespace drawbridge {
namespace {

bool SetMac(EVP_MAC_CTX* mac, std::array<unsigned char, 32> key) {
  char digest[] = "sha256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.data(), key.size()),
                               OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, params) == 1;
}

}  // namespace

void TicketKeys::Install(SSL_CTX* context) {
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &OnTicket);
  SSL_CTX_set_timeout(context, std::chrono::duration_cast<std::chrono::seconds>(kLifetime).count());
}

std::optional<TicketKeys::Key> TicketKeys::Draw(SteadyTime now) {
  Key key{.name = {}, .cipher = {}, .mac = {}, .since = now};
  const bool drawn = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                     RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1 &&
                     RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
  return drawn ? std::optional(key) : std::nullopt;
}

std::optional<TicketKeys::Key> TicketKeys::Current() {
  const SteadyTime now = clock_->Steady();
  MutexLock lock(mu_);
  if (current_.has_value() && now < current_->since + kLifetime) return current_;
  // If the node made no ticket for that long, all tickets of the key have expired.
  previous_ = current_.has_value() && now < current_->since + 2 * kLifetime ? current_ : std::nullopt;
  return current_ = Draw(now);
}

std::optional<TicketKeys::Key> TicketKeys::Find(const unsigned char* name, bool* is_current) {
  const std::optional<Key> current = Current();  // also forgets keys that are too old
  MutexLock lock(mu_);
  for (const auto& key : {current_, previous_}) {
    if (!key.has_value() || !std::equal(key->name.begin(), key->name.end(), name)) continue;
    *is_current = current.has_value() && key->name == current->name;
    return key;
  }
  return std::nullopt;
}

// The callback of OpenSSL. 1: success; 2: success, and the client gets a new ticket; 0: the ticket is of an
// unknown key; -1: error.
int TicketKeys::OnTicket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                         EVP_MAC_CTX* mac, int seal) {
  auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (seal == 1) {
    const auto key = keys.Current();
    if (!key.has_value() || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
    std::memcpy(name, key->name.data(), key->name.size());
    const bool set = EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key->cipher.data(), iv, nullptr) == 1 &&
                     SetMac(mac, key->mac);
    return set ? 1 : -1;
  }
  bool is_current = false;
  const auto key = keys.Find(name, &is_current);
  if (!key.has_value()) return 0;
  const bool set = EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), key->cipher.data(), iv, nullptr) == 1 &&
                   SetMac(mac, key->mac);
  if (!set) return -1;
  return is_current ? 1 : 2;
}

}  // namespace drawbridge
