// The socket part of a client: connecting, sending and closing.
#include "tools/bench/load/client.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include "tools/bench/load/process.h"
#include "tools/bench/net/endpoint.h"
#include "tools/bench/wire/handshake.h"

namespace drawbridge::bench {
namespace {

constexpr char kKey[] = "dGhlIHNhbXBsZSBub25jZQ==";

void Watch(int epoll, int operation, int fd, uint32_t events, uint32_t index) {
  epoll_event event = {};
  event.events = events;
  event.data.u32 = index;
  if (epoll_ctl(epoll, operation, fd, &event) < 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

}  // namespace

void StayingListener::OnCloseFrame(Client&, uint16_t code, int64_t) {
  throw std::runtime_error("the server closed with code " + std::to_string(code));
}

void StayingListener::OnGone(Client&, int64_t) { throw std::runtime_error("a connection was lost"); }

Client::Client(const Traffic& traffic, ClientListener& listener, uint32_t index)
    : traffic_(&traffic), listener_(&listener), index_(index) {}

Client::~Client() { Abort(); }

void Client::Connect(const sockaddr_in& target, int epoll, std::span<char> scratch, bool tls) {
  Abort();
  epoll_ = epoll;
  scratch_ = scratch;
  sent_ = owed_ = received_ = frame_left_ = message_offset_ = 0;
  in_frame_ = in_message_ = sent_close_ = saw_close_ = false;
  batch_ = {};
  head_.clear();
  static const std::string request = UpgradeRequest(FormatEndpoint(target), "/", kKey);
  control_out_ = request;
  state_ = State::kConnecting;
  fd_ = StartConnect(target, index_);
  if (tls) tls_ = std::make_unique<TlsSocket>(fd_);
  // On loopback the connection is usually established by now, so the request can be sent at once.
  want_write_ = false;
  Watch(epoll_, EPOLL_CTL_ADD, fd_, EPOLLIN, index_);
  Flush();
}

void Client::OnEvent(uint32_t events) {
  if (fd_ < 0) return;
  if ((events & EPOLLOUT) != 0) Flush();
  if (fd_ >= 0 && (events & ~EPOLLOUT) != 0) Receive();
}

void Client::SendMessages(uint64_t count) {
  owed_ += count;
  if (!want_write_) Flush();
}

void Client::SendClose(uint16_t code) {
  sent_close_ = true;
  const char payload[2] = {static_cast<char>(code >> 8), static_cast<char>(code)};
  SendControl(kClose, {payload, sizeof(payload)});
}

void Client::Abort() {
  if (fd_ < 0) return;
  const linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  tls_.reset();
  close(fd_);
  fd_ = -1;
  state_ = State::kIdle;
}

void Client::Receive() {
  if (tls_ != nullptr && state_ == State::kConnecting) Flush();  // the input may continue the TLS handshake
  while (ReceiveOnce() && tls_ != nullptr && tls_->has_pending()) continue;
}

// Returns true if bytes were received and the connection is still open.
bool Client::ReceiveOnce() {
  const ssize_t size =
      tls_ != nullptr ? tls_->Receive(scratch_) : recv(fd_, scratch_.data(), scratch_.size(), 0);
  now_ = NowNanoseconds();
  if (size < 0 && errno == EAGAIN) return false;
  if (size <= 0) {
    Gone();
    return false;
  }
  std::string_view data(scratch_.data(), size);
  if (state_ != State::kOpen) data = TakeResponse(data);
  const uint64_t first = received_;
  TakeFrames(data);
  if (received_ != first) listener_->OnEchoes(*this, first, received_ - first, now_);
  return fd_ >= 0;
}

std::string_view Client::TakeResponse(std::string_view data) {
  const size_t before = head_.size();
  head_.append(data);
  const size_t end = head_.find("\r\n\r\n");
  if (end == head_.npos) return {};
  static const std::string expected = AcceptKey(kKey);
  if (!head_.starts_with("HTTP/1.1 101 ") || HeaderValue(head_, "Sec-WebSocket-Accept") != expected) {
    throw std::runtime_error("not upgraded: " + head_);
  }
  connection_id_ = HeaderValue(head_, "X-Connection-Id");
  head_.clear();
  state_ = State::kOpen;
  listener_->OnOpen(*this);
  return data.substr(end + 4 - before);
}

void Client::SendControl(uint8_t opcode, std::string_view payload) {
  static constexpr char kMask[kMaskSize] = {0x12, 0x34, 0x56, 0x78};
  char frame[kMaxHeaderSize + 125];
  size_t size = WriteFrameHeader(frame, 0x80 | opcode, payload.size(), /*masked=*/true);
  std::copy_n(kMask, kMaskSize, frame + size);
  size += kMaskSize;
  ApplyMask(frame + size, payload.data(), payload.size(), kMask);
  control_out_.append(frame, size + payload.size());
  if (!want_write_) Flush();
}

void Client::Flush() {
  if (fd_ < 0) return;
  for (;;) {
    if (!batch_.empty()) {
      if (!SendSome(&batch_)) return WantWrite(true);
    } else if (!control_out_.empty()) {
      std::string_view rest = control_out_;
      const bool all = SendSome(&rest);
      control_out_.erase(0, control_out_.size() - rest.size());
      if (!all) return WantWrite(true);
      if (state_ == State::kConnecting) state_ = State::kUpgrading;
    } else if (owed_ != 0 && state_ == State::kOpen) {
      const uint64_t count = std::min<uint64_t>(owed_, traffic_->batch());
      batch_ = traffic_->Frames(index_ + sent_, count);
      sent_ += count;
      owed_ -= count;
    } else {
      return WantWrite(false);
    }
  }
}

// Returns false if the kernel did not accept all bytes. Errors are ignored: the next read reports them.
bool Client::SendSome(std::string_view* data) {
  ssize_t sent = 0;
  do {  // TLS sends one record at a time
    sent = tls_ != nullptr ? tls_->Send(*data) : send(fd_, data->data(), data->size(), MSG_NOSIGNAL);
    if (sent > 0) data->remove_prefix(sent);
  } while (tls_ != nullptr && sent > 0 && !data->empty());
  return data->empty();
}

void Client::WantWrite(bool want) {
  want = want && (tls_ == nullptr || tls_->wants_write());
  if (want == want_write_) return;
  want_write_ = want;
  Watch(epoll_, EPOLL_CTL_MOD, fd_, want ? EPOLLIN | EPOLLOUT : EPOLLIN, index_);
}

void Client::Gone() {
  Abort();
  listener_->OnGone(*this, now_);
}

}  // namespace drawbridge::bench
