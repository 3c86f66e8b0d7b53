// The non-blocking socket of one client, plain or with TLS. It knows no protocol above that.
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

// The result of one attempt to read or write.
struct IoResult {
  enum class Status {
    kOk,          // `bytes` were moved
    kWouldBlock,  // nothing can be moved now
    kEndOfFile,   // the peer will send no more
    kBroken,      // reset or another error: the socket cannot be used any more
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

  // From here on all data goes through TLS, beginning with the handshake.
  void StartTls(const TlsContext& context) { tls_ = std::make_unique<TlsStream>(context, fd_); }
  bool is_tls() const { return tls_ != nullptr; }
  bool established() const { return !is_tls() || tls_->established(); }
  // Whether the version is TLS 1.3. Valid once the handshake is done.
  bool is_tls13() const { return is_tls() && tls_->is_tls13(); }
  // kOk: the handshake is done, or none is needed. kWouldBlock: call it again when the socket is ready,
  // before anything is read or written.
  IoResult::Status Handshake();
  // See TlsStream::HandshakeError.
  std::string HandshakeError() const { return is_tls() ? tls_->HandshakeError() : std::string(); }
  // See TlsStream::PeerSubject.
  std::string PeerSubject() const { return is_tls() ? tls_->PeerSubject() : std::string(); }

  IoResult Read(std::span<char> buffer);
  // Like Read, but leaves the bytes for a later Read. Not with TLS.
  IoResult Peek(std::span<char> buffer) const;
  // Whether Read would return data or an end although the socket has nothing to read.
  bool has_pending() const { return is_tls() && tls_->has_pending(); }

  // Whether data has arrived that was not read. The end of the stream does not count.
  bool has_unread() const;

  // Accepted bytes are with the kernel. With TLS, up to 64 KiB of them may be encrypted and wait for
  // FlushTls.
  IoResult Write(std::string_view bytes);
  IoResult Write(std::span<const iovec> pieces);

  // Whether TLS holds bytes that the kernel did not accept; Write then accepts nothing.
  bool has_unsent() const { return is_tls() && tls_->unsent() != 0; }
  size_t unsent() const { return is_tls() ? tls_->unsent() : 0; }
  // Sends the bytes that TLS holds. kOk: none is left.
  IoResult::Status FlushTls();

  // Ends the sending side; the peer may still send.
  void ShutdownWrite();
  // Closes the descriptor; a second call does nothing.
  void Close();
  // Closes the descriptor with a TCP reset; undelivered data is lost.
  void Reset();

 private:
  IoResult WriteTls(std::span<const iovec> pieces);

  int fd_;
  std::unique_ptr<TlsStream> tls_;  // null: plain
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_LINK_H_
