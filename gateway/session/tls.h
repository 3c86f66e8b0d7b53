// TLS for the links of clients, through OpenSSL: one context for all, one stream for each.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_TLS_H_
#define DRAWBRIDGE_GATEWAY_SESSION_TLS_H_

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

enum class TlsClientAuth { kNone, kOptional, kRequired };

struct TlsFiles {
  std::string certificate;  // PEM, the whole chain; empty: no TLS
  std::string key;          // PEM
  std::string client_ca;    // PEM; empty where client_auth is kNone
  TlsClientAuth client_auth = TlsClientAuth::kNone;
};

// What new streams are made of. Thread-safe.
class TlsContext {
 public:
  // Reads the files. Throws std::runtime_error naming the file and what is wrong with it.
  explicit TlsContext(TlsFiles files);

  // Reads the files again, for the streams to come; those that live keep what they have. Throws as the
  // constructor does, and then nothing is changed. Blocks on the file system.
  void Reload();

  const TlsFiles& files() const { return files_; }

  // In OpenSSL's terms a new SSL of the server's side, without a socket.
  std::unique_ptr<SSL, decltype(&SSL_free)> NewSsl() const;

 private:
  const TlsFiles files_;
  mutable Mutex mu_;
  std::shared_ptr<SSL_CTX> current_ ABSL_GUARDED_BY(mu_);
};

// The TLS side of one socket. Reads from it directly; what it wants to send comes out as bytes, so that a
// write is never half done inside OpenSSL. Not thread-safe; no call blocks.
class TlsStream {
 public:
  enum class Status { kOk, kWouldBlock, kEndOfFile, kBroken };

  // `fd` must outlive the stream, which does not own it.
  TlsStream(const TlsContext& context, int fd);

  // kOk: the handshake is done. After each call, and after Read, output() may have grown.
  Status Handshake();
  bool established() const { return established_; }

  Status Read(std::span<char> buffer, size_t* count);
  // Whether Read would give more without a byte from the socket.
  bool has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

  // Encrypts all of it into output().
  void Write(std::string_view bytes);
  // Says that no more will come (close_notify).
  void Finish();

  // What is to be sent, as it is, to the peer.
  std::string_view output() const;
  void Consume(size_t count);

  // The subject of the certificate that the client proved to own (RFC 4514); empty where it showed none.
  std::string PeerSubject() const;

 private:
  Status Outcome(int result);

  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  BIO* const output_;  // owned by ssl_
  bool established_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TLS_H_
