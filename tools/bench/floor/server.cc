// Level-triggered epoll: a wake-up needs no second read to find out that the socket is empty.
#include "tools/bench/floor/server.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "tools/bench/floor/echo.h"
#include "tools/bench/wire/handshake.h"

namespace drawbridge::bench {
namespace {

constexpr size_t kBufferSize = 128 << 10;
constexpr size_t kMaxRequest = 16 << 10;
constexpr int kAcceptsPerWakeUp = 16;

void Watch(int epoll, int operation, int fd, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.fd = fd;
  if (epoll_ctl(epoll, operation, fd, &event) < 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

size_t DescriptorLimit() {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  return std::min<size_t>(limit.rlim_cur, 1 << 20);
}

}  // namespace

FloorServer::FloorServer(int listener)
    : listener_(listener), epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(kBufferSize) {
  connections_.reserve(DescriptorLimit());
  Watch(epoll_, EPOLL_CTL_ADD, listener_, EPOLLIN);
}

void FloorServer::Run() {
  std::array<epoll_event, 1024> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == listener_) {
        Accept();
      } else {
        OnEvent(events[i].data.fd, events[i].events);
      }
    }
  }
}

void FloorServer::Accept() {
  for (int i = 0; i < kAcceptsPerWakeUp; ++i) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (connections_.size() <= static_cast<size_t>(fd)) connections_.resize(fd + 1);
    Watch(epoll_, EPOLL_CTL_ADD, fd, EPOLLIN);
  }
}

void FloorServer::OnEvent(int fd, uint32_t events) {
  Connection& connection = connections_[fd];
  if ((events & EPOLLOUT) != 0) {
    FlushRest(fd, connection);
  } else if (connection.rest == nullptr) {
    Read(fd, connection);
  } else {
    ReadMore(fd, connection);
  }
}

// The usual case: no incomplete frame is stored, so the bytes stay in the shared buffer.
void FloorServer::Read(int fd, Connection& connection) {
  const ssize_t size = recv(fd, buffer_.data(), buffer_.size(), 0);
  if (size <= 0) {
    if (size < 0 && errno == EAGAIN) return;
    return Close(fd, connection);
  }
  const size_t consumed = Consume(fd, connection, buffer_.data(), size);
  if (consumed == static_cast<size_t>(size)) return;
  if (connection.rest == nullptr) connection.rest = std::make_unique<Rest>();
  connection.rest->in.assign(buffer_.data() + consumed, size - consumed);
}

// An incomplete frame is stored from an earlier wake-up: appends to it.
void FloorServer::ReadMore(int fd, Connection& connection) {
  std::string in = std::move(connection.rest->in);
  const size_t before = in.size();
  in.resize(before + kBufferSize);
  const ssize_t size = recv(fd, in.data() + before, kBufferSize, 0);
  if (size == 0 || (size < 0 && errno != EAGAIN)) return Close(fd, connection);
  in.resize(before + std::max<ssize_t>(size, 0));
  connection.rest = nullptr;
  const size_t consumed = Consume(fd, connection, in.data(), in.size());
  if (consumed == in.size()) return;
  in.erase(0, consumed);
  if (connection.rest == nullptr) connection.rest = std::make_unique<Rest>();
  connection.rest->in = std::move(in);
}

// Answers all complete frames in `data`. Returns their size, or `size` if the connection ended.
size_t FloorServer::Consume(int fd, Connection& connection, char* data, size_t size) {
  const size_t request = connection.upgraded ? 0 : Upgrade(fd, connection, {data, size});
  if (!connection.upgraded || request == size) return request;
  const Echoed echoed = EchoFrames(data + request, size - request);
  connection.finished = echoed.finished;
  if (echoed.produced != 0) Send(fd, connection, data + request, echoed.produced);
  if (!echoed.finished) return request + echoed.consumed;
  if (connection.rest == nullptr) Close(fd, connection);
  return size;
}

size_t FloorServer::Upgrade(int fd, Connection& connection, std::string_view data) {
  const size_t end = data.find("\r\n\r\n");
  if (end == data.npos && data.size() <= kMaxRequest) return 0;
  const std::string_view key = HeaderValue(data.substr(0, end), "Sec-WebSocket-Key");
  if (end == data.npos || key.size() != 24) {
    Close(fd, connection);
    return data.size();
  }
  connection.upgraded = true;
  const std::string response = UpgradeResponse(key);
  Send(fd, connection, response.data(), response.size());
  return end + 4;
}

void FloorServer::Send(int fd, Connection& connection, const char* data, size_t size) {
  ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(size)) return;
  if (sent < 0) sent = 0;  // the next read reports the error again
  connection.rest = std::make_unique<Rest>();
  connection.rest->out.assign(data + sent, size - sent);
  Watch(epoll_, EPOLL_CTL_MOD, fd, EPOLLOUT);
}

// Nothing is read while output is pending, so a client that does not read costs at most one buffer.
void FloorServer::FlushRest(int fd, Connection& connection) {
  std::string& out = connection.rest->out;
  const ssize_t sent = send(fd, out.data(), out.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return Close(fd, connection);
  out.erase(0, std::max<ssize_t>(sent, 0));
  if (!out.empty()) return;
  if (connection.finished) return Close(fd, connection);
  if (connection.rest->in.empty()) connection.rest = nullptr;
  Watch(epoll_, EPOLL_CTL_MOD, fd, EPOLLIN);
}

void FloorServer::Close(int fd, Connection& connection) {
  connection = {};
  close(fd);
}

}  // namespace drawbridge::bench
