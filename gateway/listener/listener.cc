#include "gateway/listener/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "gateway/connections/thread_counters.h"
#include "gateway/listener/address.h"

namespace drawbridge {
namespace {

constexpr int kAcceptsPerWakeUp = 4;
constexpr std::chrono::milliseconds kPause{100};

void Check(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

void SetOption(int fd, int level, int option) {
  const int on = 1;
  ::setsockopt(fd, level, option, &on, sizeof(on));
}

}  // namespace

ListenSocket::ListenSocket(const std::string& address) { Open(address); }

void ListenSocket::Open(const std::string& address) {
  const auto parsed = SocketAddress::Parse(address);
  if (!parsed.has_value()) throw std::invalid_argument(address + " is not ip:port");
  SocketAddress bound = *parsed;
  fd_ = ::socket(bound.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  Check(fd_, "socket");
  SetOption(fd_, SOL_SOCKET, SO_REUSEADDR);
  SetOption(fd_, IPPROTO_TCP, TCP_NODELAY);  // inherited by accepted sockets
  if (::bind(fd_, bound.data(), bound.size()) < 0 || ::listen(fd_, SOMAXCONN) < 0 ||
      ::getsockname(fd_, bound.data(), bound.size_pointer()) < 0) {
    const int error = errno;
    Close();
    throw std::system_error(error, std::generic_category(), "listen on " + address);
  }
  address_ = bound.ToString();
}

void ListenSocket::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void ListenSocket::Reopen() {
  if (fd_ < 0) Open(std::string(address_));
}

Listener::Listener(IoThread& thread, ListenSocket& socket, Options options)
    : thread_(thread), socket_(socket), options_(std::move(options)) {
  LimitHandshakes(options_.handshakes_per_second);
}

void Listener::LimitHandshakes(uint64_t per_second) {
  handshakes_ = per_second == 0 ? std::nullopt : std::optional(TokenBucket(per_second));
}

void Listener::Open() { open_ = !thread_.newcomers().Add(socket_.fd(), EPOLLIN, this); }

void Listener::Close() {
  thread_.newcomers().Forget(this);
  DeadlineHook::unlink();
  open_ = false;
  socket_.Close();
}

void Listener::OnReady(uint32_t) {
  for (int i = 0; i < kAcceptsPerWakeUp; ++i) {
    if (!AcceptOne()) return;
  }
}

void Listener::OnDeadline() {
  if (open_) thread_.newcomers().Modify(socket_.fd(), EPOLLIN, this);
}

bool Listener::AcceptOne() {
  if (handshakes_.has_value() && handshakes_->ready_at() > thread_.now()) {
    PauseUntil(handshakes_->ready_at());
    return false;
  }
  Slot slot = options_.slots->Take();
  const bool is_full = !slot;
  if (is_full) slot = options_.refusal_slots->Take();
  if (!slot) {
    PauseUntil(thread_.now() + kPause);  // the other clients wait in the kernel's backlog
    return false;
  }
  SocketAddress peer;
  const int fd = ::accept4(socket_.fd(), peer.data(), peer.size_pointer(), SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    // No client waits, or one has disconnected. Any other error is a lack of descriptors or memory: retry
    // later.
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    if (errno == EINTR || errno == ECONNABORTED) return true;
    PauseUntil(thread_.now() + kPause);
    return false;
  }
  if (handshakes_.has_value()) handshakes_->Take(1, thread_.now());
  Admit({.link = Link(fd),
         .peer = peer,
         .slot = std::move(slot),
         .address_slot = {},
         .refusal = is_full ? Upgrade::Refusal::kFull : Upgrade::Refusal::kNone,
         .by_proxy = options_.upgrades->policy.load()->trusted_proxies.Contains(peer.ip())});
  return true;
}

// Counts the client for its address, unless a proxy has yet to tell the address.
void Listener::Admit(Upgrade::Accepted client) {
  if (client.by_proxy) return options_.deal(std::move(client));
  auto slot = options_.address_slots->Take(client.peer.ip());
  if (slot.has_value()) {
    client.address_slot = *std::move(slot);
    return options_.deal(std::move(client));
  }
  // A client that will be refused must not hold a regular slot. Otherwise clients of one address could fill
  // the gateway with slow requests.
  if (client.refusal == Upgrade::Refusal::kNone) client.slot = options_.refusal_slots->Take();
  client.refusal = Upgrade::Refusal::kTooMany;
  if (!client.slot) {
    thread_.counters().Handshake(HandshakeResult::kTooMany);
    return client.link.Reset();
  }
  options_.deal(std::move(client));
}

void Listener::PauseUntil(SteadyTime when) {
  thread_.newcomers().Modify(socket_.fd(), 0, this);
  thread_.deadlines().Set(*this, when);
}

}  // namespace drawbridge
