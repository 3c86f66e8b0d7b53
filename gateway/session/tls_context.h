// The TLS configuration: the files, and the OpenSSL context that is made from them.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_TLS_CONTEXT_H_
#define DRAWBRIDGE_GATEWAY_SESSION_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/session/ticket_keys.h"

namespace drawbridge {

enum class TlsClientAuth { kNone, kOptional, kRequired };

struct TlsFiles {
  std::string certificate;  // PEM, the whole chain; empty: no TLS
  std::string key;          // PEM, without a passphrase
  std::string client_ca;    // PEM; empty where client_auth is kNone
  TlsClientAuth client_auth = TlsClientAuth::kNone;
};

// One of the files cannot be used. what() is one line that names the file and what is wrong with it.
class TlsFileError : public std::runtime_error {
 public:
  enum class Which { kCertificate, kKey, kClientCa };
  TlsFileError(Which which, const std::string& file, const std::string& problem)
      : std::runtime_error(file + ": " + problem), which_(which), problem_(problem) {}

  Which which() const { return which_; }
  const std::string& problem() const { return problem_; }  // without the file

 private:
  Which which_;
  std::string problem_;
};

// Creates the TLS state of new streams. Thread-safe; must outlive its streams.
class TlsContext {
 public:
  // Reads the files. Throws TlsFileError. `clock` must outlive the context.
  TlsContext(TlsFiles files, const Clock* clock);

  // Reads the files again. New streams use them; existing ones keep what they have. Throws what the
  // constructor throws; nothing has changed then. Blocks on the file system.
  void Reload();

  // When the certificate of new streams expires.
  std::chrono::system_clock::time_point not_after() const;

  // A new SSL object of the server side, without a socket. Throws std::bad_alloc.
  std::unique_ptr<SSL, decltype(&SSL_free)> NewSsl() const;

 private:
  std::shared_ptr<SSL_CTX> current() const;

  const TlsFiles files_;
  TicketKeys ticket_keys_;
  mutable Mutex mu_;
  std::shared_ptr<SSL_CTX> current_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TLS_CONTEXT_H_
