#include "gateway/session/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <new>

namespace drawbridge {
namespace {

// Reads of the socket in one call. Each takes at most one record of the maximum size. If the kernel holds
// more, the poller reports it again.
constexpr int kReceives = 4;
// Far more than a flush leaves unsent. Only a client that sends a flood of key updates or refused
// renegotiations, and does not read, gets there.
constexpr size_t kMostUnsent = 256 * 1024;

bool IsForLater(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

// SSL_get_error attributes any error in the thread's queue to its own call.
void ForgetErrors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

struct TlsSocket {
  static TlsStream& StreamOf(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

  static int Read(BIO* bio, char* bytes, size_t size, size_t* count) {
    TlsStream& stream = StreamOf(bio);
    BIO_clear_retry_flags(bio);
    *count = 0;
    ssize_t received = -1;
    const bool may = stream.receives_left_ > 0;
    if (may) {
      --stream.receives_left_;
      received = ::recv(stream.fd_, bytes, size, 0);
    }
    if (received > 0) {
      *count = static_cast<size_t>(received);
      return 1;
    }
    stream.end_of_file_ = received == 0;
    if (!may || (received < 0 && IsForLater(errno))) BIO_set_retry_read(bio);
    return 0;
  }

  static int Write(BIO* bio, const char* bytes, size_t size, size_t* count) {
    TlsStream& stream = StreamOf(bio);
    BIO_clear_retry_flags(bio);
    *count = 0;
    if (stream.unsent_.size() + size > kMostUnsent) return 0;
    stream.unsent_.append(bytes, size);
    *count = size;
    return 1;
  }

  static long Control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return StreamOf(bio).end_of_file_ ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static BIO_METHOD* Method() {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "drawbridge");
      if (made == nullptr) throw std::bad_alloc();
      BIO_meth_set_read_ex(made, &Read);
      BIO_meth_set_write_ex(made, &Write);
      BIO_meth_set_ctrl(made, &Control);
      return made;
    }();
    return method;
  }
};

TlsStream::TlsStream(const TlsContext& context, int fd) : fd_(fd), ssl_(context.NewSsl()) {
  BIO* const bio = BIO_new(TlsSocket::Method());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

TlsStream::Status TlsStream::Outcome(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  ForgetErrors();
  switch (error) {
    case SSL_ERROR_WANT_READ:
      return Status::kWouldBlock;
    case SSL_ERROR_ZERO_RETURN:
      return failure_ = Status::kEndOfFile;
    default:
      return failure_ = Status::kBroken;
  }
}

TlsStream::Status TlsStream::Handshake() {
  if (failure_ != Status::kOk) return failure_;
  receives_left_ = kReceives;
  ForgetErrors();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    handshake_error_ = ERR_peek_last_error();
    return Outcome(result);
  }
  established_ = true;
  return Status::kOk;
}

std::string TlsStream::HandshakeError() const {
  if (handshake_error_ == 0) return "the peer closed the connection";
  std::array<char, 256> text{};
  ERR_error_string_n(handshake_error_, text.data(), text.size());
  return text.data();
}

TlsStream::Status TlsStream::Read(std::span<char> buffer, size_t* count) {
  *count = 0;
  // Pending data is read without the socket: otherwise a client that sends fast would keep the thread busy.
  receives_left_ = pending_ ? 0 : kReceives;
  pending_ = false;
  if (failure_ != Status::kOk) return failure_;
  ForgetErrors();
  while (*count < buffer.size()) {
    const auto rest = buffer.subspan(*count);
    size_t piece = 0;
    const int result = SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &piece);
    if (result != 1) {
      const Status status = Outcome(result);
      if (*count == 0) return status;
      pending_ = status != Status::kWouldBlock;  // the next read returns it
      return Status::kOk;
    }
    *count += piece;
    if (SSL_has_pending(ssl_.get()) == 0) return Status::kOk;  // saves a read that would find nothing
  }
  pending_ = true;
  return Status::kOk;
}

TlsStream::Status TlsStream::Write(std::string_view bytes) {
  ForgetErrors();
  while (!bytes.empty()) {
    size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    if (result != 1) {
      ForgetErrors();
      return failure_ = Status::kBroken;
    }
    bytes.remove_prefix(written);
  }
  return Status::kOk;
}

void TlsStream::Finish() {
  if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  ForgetErrors();
  SSL_shutdown(ssl_.get());
  ForgetErrors();
}

TlsStream::Status TlsStream::Flush() {
  while (!unsent_.empty()) {
    const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0) return IsForLater(errno) ? Status::kWouldBlock : Status::kBroken;
    if (static_cast<size_t>(sent) < unsent_.size()) {
      unsent_.erase(0, static_cast<size_t>(sent));
    } else {
      unsent_ = std::string();
    }
  }
  return Status::kOk;
}

std::string TlsStream::PeerSubject() const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return {};
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
  if (text == nullptr) throw std::bad_alloc();
  // UTF-8 stays, everything that is not printable is escaped. On failure a part of the name may be written,
  // which would be another principal.
  if (X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0,
                         XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
    ForgetErrors();
    return {};
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return size > 0 ? std::string(bytes, static_cast<size_t>(size)) : std::string();
}

}  // namespace drawbridge
