// The TLS side of one client's socket, through OpenSSL (RFC 8446, RFC 5246).
#ifndef DRAWBRIDGE_GATEWAY_SESSION_TLS_STREAM_H_
#define DRAWBRIDGE_GATEWAY_SESSION_TLS_STREAM_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/session/tls_context.h"

namespace drawbridge {

// Reads from the socket; what it wants to send gathers in memory until Flush, so that a write is never half
// done inside OpenSSL. Not thread-safe; no call blocks. Stays where it is.
class TlsStream {
 public:
  enum class Status { kOk, kWouldBlock, kEndOfFile, kBroken };

  // `fd` must outlive the stream, which does not own it; so must `context`.
  TlsStream(const TlsContext& context, int fd);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // kOk: the handshake is done. After each call, and after Read and Finish, there may be something to flush.
  Status Handshake();
  bool established() const { return established_; }
  // Why the handshake failed, in OpenSSL's words; a sentence of ours where the socket ended.
  std::string HandshakeError() const;
  bool is_tls13() const { return SSL_version(ssl_.get()) == TLS1_3_VERSION; }

  // Takes a bounded number of records from the socket, as one read of a plain socket takes bounded bytes.
  Status Read(std::span<char> buffer, size_t* count);
  // Whether Read would give more, or tell an end, without a byte from the socket.
  bool has_pending() const { return pending_; }

  // Encrypts all of it for Flush. kOk or kBroken.
  Status Write(std::string_view bytes);
  // Says that no more will come (close_notify).
  void Finish();

  // Bytes that wait for Flush. A client that has us answer and does not read is broken before they pass
  // 256 KiB.
  size_t unsent() const { return unsent_.size(); }
  // Sends what the kernel takes. kOk: all of it.
  Status Flush();

  // The subject of the certificate that the client proved to own (RFC 4514); empty where it showed none.
  std::string PeerSubject() const;

 private:
  friend struct TlsSocket;  // what OpenSSL reads from and writes to
  Status Outcome(int result);

  const int fd_;
  int receives_left_ = 0;  // of the socket, in this call
  bool end_of_file_ = false;
  bool established_ = false;
  bool pending_ = false;
  Status failure_ = Status::kOk;  // what every Read comes to from now on, unless kOk
  std::string unsent_;            // no memory while empty
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  unsigned long handshake_error_ = 0;  // OpenSSL's code
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TLS_STREAM_H_
