#include "tests/support/client_tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <csignal>
#include <stdexcept>

namespace drawbridge {
namespace {

void Check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("client TLS: ") + what);
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
Bio Reader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

std::unique_ptr<X509, decltype(&X509_free)> ParseCertificate(const std::string& pem) {
  return {PEM_read_bio_X509(Reader(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

void Show(SSL_CTX* context, const Credentials& own) {
  Check(SSL_CTX_use_certificate(context, ParseCertificate(own.certificate).get()) == 1, "certificate");
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(Reader(own.key).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  Check(SSL_CTX_use_PrivateKey(context, key.get()) == 1, "key");
}

}  // namespace

ClientTls::ClientTls(const Options& options)
    : options_(options),
      context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
      session_(nullptr, &SSL_SESSION_free) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's socket BIO does not use MSG_NOSIGNAL
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (options_.security_level >= 0) SSL_CTX_set_security_level(context, options_.security_level);
  SSL_CTX_set_min_proto_version(context, options_.version);
  SSL_CTX_set_max_proto_version(context, options_.version);
  if (!options_.authority.empty()) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ParseCertificate(options_.authority).get());
  }
  if (!options_.own.certificate.empty()) Show(context, options_.own);
  if (!options_.protocols.empty()) {
    Check(SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(options_.protocols.data()),
                                  static_cast<unsigned>(options_.protocols.size())) == 0,
          "ALPN");
  }
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

void ClientTls::Keep(SSL* ssl) {
  SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // otherwise OpenSSL does not resume it
  session_.reset(SSL_get1_session(ssl));
}

std::unique_ptr<SSL, decltype(&SSL_free)> ClientTls::NewSsl() {
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), &SSL_free);
  SSL_set_connect_state(ssl.get());
  if (options_.resume && session_ != nullptr) SSL_set_session(ssl.get(), session_.get());
  return ssl;
}

ClientTlsStream::ClientTlsStream(ClientTls& tls, int fd) : tls_(tls), ssl_(tls.NewSsl()) {
  SSL_set_fd(ssl_.get(), fd);
}

ClientTlsStream::Status ClientTlsStream::Outcome(int result) {
  if (result > 0) return Status::kOk;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Status::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Status::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Status::kEndOfFile;
    default:
      return Status::kBroken;
  }
}

ClientTlsStream::Status ClientTlsStream::Handshake(std::string* why) {
  ERR_clear_error();
  const Status status = Outcome(SSL_do_handshake(ssl_.get()));
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  *why = reason == nullptr ? "the connection ended" : reason;
  return status;
}

ClientTlsStream::Status ClientTlsStream::Send(std::string_view bytes, size_t* count) {
  ERR_clear_error();
  *count = 0;
  return Outcome(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), count));
}

ClientTlsStream::Status ClientTlsStream::Receive(std::span<char> buffer, size_t* count) {
  ERR_clear_error();
  *count = 0;
  return Outcome(SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), count));
}

}  // namespace drawbridge
