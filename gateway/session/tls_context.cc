#include "gateway/session/tls_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstring>
#include <ctime>
#include <new>
#include <string_view>
#include <utility>

namespace drawbridge {
namespace {

using Which = TlsFileError::Which;

// Of TLS 1.2, only suites with forward secrecy and authenticated encryption. All suites of TLS 1.3 have both.
constexpr char kCipherList[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kProtocol = "http/1.1";

// OpenSSL's reason for the last failure.
std::string Reason() {
  const unsigned long first = ERR_peek_error();
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(first)) return std::strerror(ERR_GET_REASON(first));
  return reason == nullptr ? "unknown reason" : reason;
}

// Throws unless the call of OpenSSL succeeded.
void Check(bool good, Which which, const std::string& file, const std::string& wanted) {
  if (!good) throw TlsFileError(which, file, wanted + " (" + Reason() + ")");
}

// ALPN (RFC 7301): a WebSocket upgrade uses HTTP/1.1. A client that offers only other protocols is refused.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                   unsigned int count, void*) {
  for (unsigned int i = 0; i < count; i += 1u + offered[i]) {
    const std::string_view name(reinterpret_cast<const char*>(offered + i + 1), offered[i]);
    if (name != kProtocol) continue;
    *out = offered + i + 1;
    *size = offered[i];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A server has no operator at hand to enter a passphrase.
int NoPassphrase(char*, int, int, void*) { return -1; }

std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> ReadKey(const std::string& file) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_file(file.c_str(), "r"), &BIO_free);
  EVP_PKEY* key =
      bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr);
  Check(key != nullptr, Which::kKey, file, "must hold a private key in PEM, without a passphrase");
  return {key, &EVP_PKEY_free};
}

void UseCertificate(SSL_CTX* context, const TlsFiles& files) {
  Check(SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) == 1, Which::kCertificate,
        files.certificate, "must hold a certificate chain in PEM");
  const auto key = ReadKey(files.key);
  Check(X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) == 1, Which::kKey, files.key,
        "must be the key of " + files.certificate);
  Check(SSL_CTX_use_PrivateKey(context, key.get()) == 1, Which::kKey, files.key, "cannot be used");
}

// A client proves its certificate in each handshake. A ticket would outlive the certificate, its CA and the
// operator's trust in them, so none is given out.
void AskForCertificates(SSL_CTX* context, const TlsFiles& files) {
  const char* const file = files.client_ca.c_str();
  Check(SSL_CTX_load_verify_locations(context, file, nullptr) == 1, Which::kClientCa, files.client_ca,
        "must hold certificates in PEM");
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(file));
  const bool required = files.client_auth == TlsClientAuth::kRequired;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
}

std::shared_ptr<SSL_CTX> Load(const TlsFiles& files, TicketKeys& ticket_keys) {
  std::shared_ptr<SSL_CTX> owned(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX* const context = owned.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, kCipherList) != 1) {
    throw std::runtime_error("failed to initialize OpenSSL: " + Reason());
  }
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // an idle client holds no record buffer
  SSL_CTX_set_read_ahead(context, 1);                   // one read for a record, not two
  SSL_CTX_set_alpn_select_cb(context, &SelectProtocol, nullptr);
  // Clients keep their sessions in tickets; the gateway stores none. One ticket is enough, since a client has
  // one connection.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  ticket_keys.Install(context);
  UseCertificate(context, files);
  if (files.client_auth != TlsClientAuth::kNone) AskForCertificates(context, files);
  ERR_clear_error();
  return owned;
}

}  // namespace

TlsContext::TlsContext(TlsFiles files, const Clock* clock)
    : files_(std::move(files)), ticket_keys_(clock), current_(Load(files_, ticket_keys_)) {}

void TlsContext::Reload() {
  auto loaded = Load(files_, ticket_keys_);
  MutexLock lock(mu_);
  current_.swap(loaded);
}

std::shared_ptr<SSL_CTX> TlsContext::current() const {
  MutexLock lock(mu_);
  return current_;
}

std::chrono::system_clock::time_point TlsContext::not_after() const {
  const auto context = current();
  std::tm time{};
  ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context.get())), &time);
  return std::chrono::system_clock::from_time_t(::timegm(&time));
}

std::unique_ptr<SSL, decltype(&SSL_free)> TlsContext::NewSsl() const {
  const auto context = current();
  SSL* const ssl = SSL_new(context.get());
  if (ssl == nullptr) throw std::bad_alloc();
  SSL_set_accept_state(ssl);
  return {ssl, &SSL_free};
}

}  // namespace drawbridge
