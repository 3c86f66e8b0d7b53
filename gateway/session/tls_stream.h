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

// Reads from the socket. Output gathers in memory until Flush, so that OpenSSL never has an incomplete write.
// Not thread-safe; no call blocks. Not movable.
class TlsStream {
 public:
  enum class Status { kOk, kWouldBlock, kEndOfFile, kBroken };

  // `fd` must outlive the stream, which does not own it; so must `context`.
  TlsStream(const TlsContext& context, int fd);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // kOk: the handshake is done. After each call, and after Read and Finish, there may be bytes to flush.
  Status Handshake();
  bool established() const { return established_; }
  // OpenSSL's error text of a failed handshake, or another text if the peer closed the connection.
  std::string HandshakeError() const;
  bool is_tls13() const { return SSL_version(ssl_.get()) == TLS1_3_VERSION; }

  // Reads a bounded number of records from the socket, so that one client does not keep the thread busy.
  Status Read(std::span<char> buffer, size_t* count);
  // Whether Read would return data or an end without a read from the socket.
  bool has_pending() const { return pending_; }

  // Encrypts all of `bytes` for Flush. kOk or kBroken.
  Status Write(std::string_view bytes);
  // Encrypts close_notify for Flush: the gateway sends no more.
  void Finish();

  // The bytes that wait for Flush. Before they exceed 256 KiB the stream is broken; only a client that causes
  // answers and does not read them gets there.
  size_t unsent() const { return unsent_.size(); }
  // Sends what the kernel accepts. kOk: all of it.
  Status Flush();

  // The subject of the client's verified certificate (RFC 4514); empty if it presented none.
  std::string PeerSubject() const;

 private:
  friend struct TlsSocket;  // what OpenSSL reads from and writes to
  Status Outcome(int result);

  const int fd_;
  int receives_left_ = 0;  // calls of recv left in this call
  bool end_of_file_ = false;
  bool established_ = false;
  bool pending_ = false;
  Status failure_ = Status::kOk;  // unless kOk: the result of every further Read
  std::string unsent_;            // uses no memory while empty
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  unsigned long handshake_error_ = 0;  // OpenSSL's code
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_TLS_STREAM_H_
