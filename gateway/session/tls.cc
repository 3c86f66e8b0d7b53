#include "gateway/session/tls.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <climits>
#include <stdexcept>
#include <utility>

namespace drawbridge {
namespace {

// TLS 1.2 with forward secrecy and authenticated encryption only; the suites of TLS 1.3 are all so.
constexpr char kCipherList[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kProtocol = "http/1.1";

// Throws unless OpenSSL said yes.
void Check(int result, const std::string& what) {
  if (result == 1) return;
  char reason[256] = "unknown error";
  if (const unsigned long error = ERR_get_error(); error != 0)
    ERR_error_string_n(error, reason, sizeof(reason));
  ERR_clear_error();
  throw std::runtime_error(what + ": " + reason);
}

// ALPN (RFC 7301): a WebSocket upgrade is of HTTP/1.1. A client that offers others only is refused.
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

void RequireClients(SSL_CTX* context, const TlsFiles& files) {
  if (files.client_auth == TlsClientAuth::kNone) return;
  Check(SSL_CTX_load_verify_locations(context, files.client_ca.c_str(), nullptr), files.client_ca);
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(files.client_ca.c_str()));
  const bool required = files.client_auth == TlsClientAuth::kRequired;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

std::shared_ptr<SSL_CTX> Load(const TlsFiles& files) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  Check(SSL_CTX_set_cipher_list(raw, kCipherList), "cipher list");
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // an idle client holds no record buffer
  SSL_CTX_set_read_ahead(raw, 1);                   // one read for a record, not two
  SSL_CTX_set_alpn_select_cb(raw, &SelectProtocol, nullptr);
  constexpr unsigned char kSessions[] = "drawbridge";
  SSL_CTX_set_session_id_context(raw, kSessions,
                                 sizeof(kSessions) - 1);  // tickets, also with client certificates
  Check(SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()), files.certificate);
  Check(SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM), files.key);
  Check(SSL_CTX_check_private_key(raw), files.key + " does not fit " + files.certificate);
  RequireClients(raw, files);
  return context;
}

}  // namespace

TlsContext::TlsContext(TlsFiles files) : files_(std::move(files)), current_(Load(files_)) {}

void TlsContext::Reload() {
  auto loaded = Load(files_);
  MutexLock lock(mu_);
  current_.swap(loaded);
}

std::unique_ptr<SSL, decltype(&SSL_free)> TlsContext::NewSsl() const {
  MutexLock lock(mu_);
  return {SSL_new(current_.get()), &SSL_free};
}

TlsStream::TlsStream(const TlsContext& context, int fd)
    : ssl_(context.NewSsl()), output_(BIO_new(BIO_s_mem())) {
  SSL_set0_rbio(ssl_.get(), BIO_new_socket(fd, BIO_NOCLOSE));
  SSL_set0_wbio(ssl_.get(), output_);
  SSL_set_accept_state(ssl_.get());
}

TlsStream::Status TlsStream::Outcome(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Status::kWouldBlock;
    case SSL_ERROR_ZERO_RETURN:
      return Status::kEndOfFile;
    default:
      return Status::kBroken;
  }
}

TlsStream::Status TlsStream::Handshake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) return Outcome(result);
  established_ = true;
  return Status::kOk;
}

TlsStream::Status TlsStream::Read(std::span<char> buffer, size_t* count) {
  *count = 0;
  while (*count < buffer.size()) {
    size_t piece = 0;
    const auto rest = buffer.subspan(*count);
    const int result = SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &piece);
    if (result != 1) return *count > 0 ? Status::kOk : Outcome(result);
    *count += piece;
    if (!has_pending()) break;  // another try would only ask the socket in vain
  }
  return Status::kOk;
}

void TlsStream::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    size_t written = 0;
    if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written) != 1) {
      ERR_clear_error();
      return;  // the stream is broken, as the next read will tell
    }
    bytes.remove_prefix(written);
  }
}

void TlsStream::Finish() {
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::string_view TlsStream::output() const {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(output_, &bytes);
  return {bytes, size > 0 ? static_cast<size_t>(size) : 0};
}

void TlsStream::Consume(size_t count) {
  // A memory BIO forgets what is read from it; there is no other way to drop bytes.
  char discarded[4096];
  while (count > 0) {
    const int step = BIO_read(output_, discarded, static_cast<int>(std::min(count, sizeof(discarded))));
    if (step <= 0) return;
    count -= static_cast<size_t>(step);
  }
}

std::string TlsStream::PeerSubject() const {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl_.get()),
                                                                &X509_free);
  if (certificate == nullptr) return {};
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate.get()), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

}  // namespace drawbridge
