// The socket of one client, plain or behind TLS: non-blocking, without a protocol.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_LINK_H_
#define DRAWBRIDGE_GATEWAY_SESSION_LINK_H_

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/session/tls_context.h"
#include "gateway/session/tls_stream.h"

namespace drawbridge {

// What one attempt to read or write came to.
struct IoResult {
  enum class Status {
    kOk,          // `bytes` were moved
    kWouldBlock,  // none now
    kEndOfFile,   // the peer will send no more
    kBroken,      // reset, or any other error: the socket is of no more use
  };
  Status status;
  size_t bytes = 0;
};

// Owns a descriptor. Not thread-safe; no call blocks.
class Link {
 public:
  // `fd`: a connected, non-blocking TCP socket.
  explicit Link(int fd) : fd_(fd) {}
  Link(Link&& other) noexcept : fd_(std::exchange(other.fd_, -1)), tls_(std::move(other.tls_)) {}
  Link& operator=(Link&&) = delete;
  ~Link() { Close(); }

  int fd() const { return fd_; }

  // From here on everything goes through TLS, beginning with the handshake.
  void StartTls(const TlsContext& context) { tls_ = std::make_unique<TlsStream>(context, fd_); }
  bool is_tls() const { return tls_ != nullptr; }
  bool established() const { return !is_tls() || tls_->established(); }
  // Once it is established: of TLS 1.3.
  bool is_tls13() const { return is_tls() && tls_->is_tls13(); }
  // kOk: done, or none is needed. To be called again when the socket is ready, before anything is read or
  // written.
  IoResult::Status Handshake();
  // See TlsStream::HandshakeError.
  std::string HandshakeError() const { return is_tls() ? tls_->HandshakeError() : std::string(); }
  // See TlsStream::PeerSubject.
  std::string PeerSubject() const { return is_tls() ? tls_->PeerSubject() : std::string(); }

  IoResult Read(std::span<char> buffer);
  // The same, with what it gives left for a later Read. Not with TLS.
  IoResult Peek(std::span<char> buffer) const;
  // Whether Read would give more, or tell an end, although the socket has nothing to read.
  bool has_pending() const { return is_tls() && tls_->has_pending(); }

  // Whether something has arrived that was not read, the end excepted.
  bool has_unread() const;

  // Bytes taken are with the kernel or, of TLS, up to 64 KiB of them encrypted and waiting for FlushTls.
  IoResult Write(std::string_view bytes);
  IoResult Write(std::span<const iovec> pieces);

  // Whether TLS holds bytes that the kernel would not take; then nothing is taken by Write.
  bool has_unsent() const { return is_tls() && tls_->unsent() != 0; }
  size_t unsent() const { return is_tls() ? tls_->unsent() : 0; }
  // Sends them. kOk: none is left.
  IoResult::Status FlushTls();

  // Tells the peer that no more will come; it may still send.
  void ShutdownWrite();
  // Closes the descriptor; a second call does nothing.
  void Close();
  // Closes it with a reset: what was not delivered is lost at once.
  void Reset();

 private:
  IoResult WriteTls(std::span<const iovec> pieces);

  int fd_;
  std::unique_ptr<TlsStream> tls_;  // null: plain
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_LINK_H_
