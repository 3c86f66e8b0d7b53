#include "gateway/session/link.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace drawbridge {
namespace {

using Status = IoResult::Status;

// How much TLS encrypts at once at most, and how much may gather before it is sent. So at most twice as much
// waits when the kernel accepts no more.
constexpr size_t kTlsChunk = 32 * 1024;

IoResult Failure(int error) {
  const bool later = error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
  return {later ? Status::kWouldBlock : Status::kBroken};
}

Status StatusOf(TlsStream::Status status) {
  switch (status) {
    case TlsStream::Status::kOk:
      return Status::kOk;
    case TlsStream::Status::kWouldBlock:
      return Status::kWouldBlock;
    case TlsStream::Status::kEndOfFile:
      return Status::kEndOfFile;
    case TlsStream::Status::kBroken:
      return Status::kBroken;
  }
  return Status::kBroken;
}

IoResult Send(int fd, std::string_view bytes) {
  const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return count < 0 ? Failure(errno) : IoResult{Status::kOk, static_cast<size_t>(count)};
}

IoResult Receive(int fd, std::span<char> buffer, int flags) {
  const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), flags);
  if (count > 0) return {Status::kOk, static_cast<size_t>(count)};
  return count == 0 ? IoResult{Status::kEndOfFile} : Failure(errno);
}

}  // namespace

Status Link::Handshake() {
  if (established()) return Status::kOk;
  const Status status = StatusOf(tls_->Handshake());
  const Status flushed = FlushTls();  // also sends the alert if it failed
  return flushed == Status::kBroken ? flushed : status;
}

IoResult Link::Read(std::span<char> buffer) {
  if (!is_tls()) return Receive(fd_, buffer, 0);
  size_t count = 0;
  const Status status = StatusOf(tls_->Read(buffer, &count));
  const Status flushed = FlushTls();  // sends the answer to a key update, or an alert
  if (flushed == Status::kBroken && status == Status::kWouldBlock) return {flushed};
  return {status, count};
}

IoResult Link::Peek(std::span<char> buffer) const { return Receive(fd_, buffer, MSG_PEEK); }

bool Link::has_unread() const {
  int count = 0;
  return has_pending() || (::ioctl(fd_, FIONREAD, &count) == 0 && count > 0);
}

IoResult Link::Write(std::string_view bytes) {
  if (!is_tls()) return Send(fd_, bytes);
  const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};  // it is only read
  return WriteTls({&piece, 1});
}

IoResult Link::Write(std::span<const iovec> pieces) {
  if (is_tls()) return WriteTls(pieces);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg does not write to it
  message.msg_iovlen = pieces.size();
  const ssize_t count = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
  return count < 0 ? Failure(errno) : IoResult{Status::kOk, static_cast<size_t>(count)};
}

// Encrypts nothing before all of what was encrypted earlier is with the kernel.
IoResult Link::WriteTls(std::span<const iovec> pieces) {
  size_t taken = 0;
  Status status = FlushTls();
  for (const iovec& piece : pieces) {
    std::string_view rest(static_cast<const char*>(piece.iov_base), piece.iov_len);
    while (status == Status::kOk && !rest.empty()) {
      const auto chunk = rest.substr(0, kTlsChunk);
      status = StatusOf(tls_->Write(chunk));
      rest.remove_prefix(chunk.size());
      taken += chunk.size();
      if (status == Status::kOk && tls_->unsent() >= kTlsChunk) status = FlushTls();
    }
  }
  if (status == Status::kOk) status = FlushTls();
  if (status == Status::kBroken) return {status};
  return {taken > 0 ? Status::kOk : status, taken};
}

Status Link::FlushTls() { return has_unsent() ? StatusOf(tls_->Flush()) : Status::kOk; }

void Link::ShutdownWrite() {
  if (is_tls()) {
    tls_->Finish();
    FlushTls();  // as far as possible
  }
  ::shutdown(fd_, SHUT_WR);
}

void Link::Close() {
  if (fd_ < 0) return;
  if (is_tls()) {
    tls_->Finish();
    FlushTls();
    tls_.reset();
  }
  ::close(std::exchange(fd_, -1));
}

void Link::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  tls_.reset();
  Close();
}

}  // namespace drawbridge
