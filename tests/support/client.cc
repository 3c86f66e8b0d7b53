#include "tests/support/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace drawbridge {
namespace {

[[noreturn]] void FailWith(const std::string& what) { throw std::runtime_error("client: " + what); }

void Check(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), "client: " + what);
}

template <typename Value>
void SetOption(int fd, int level, int option, const Value& value, const std::string& what) {
  Check(::setsockopt(fd, level, option, &value, sizeof(value)), what);
}

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// The address to connect to, with an IPv6 address in brackets.
class Peer {
 public:
  Peer(const std::string& host, int port) {
    const auto port_bytes = htons(static_cast<uint16_t>(port));
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    ipv4_.sin_family = AF_INET;
    ipv4_.sin_port = port_bytes;
    if (::inet_pton(AF_INET, host.c_str(), &ipv4_.sin_addr) == 1) return;
    ipv6_.sin6_family = AF_INET6;
    ipv6_.sin6_port = port_bytes;
    if (!bracketed || ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &ipv6_.sin6_addr) != 1)
      FailWith("no address: " + host);
  }

  int family() const { return is_ipv6() ? AF_INET6 : AF_INET; }
  const sockaddr* data() const {
    return is_ipv6() ? reinterpret_cast<const sockaddr*>(&ipv6_) : reinterpret_cast<const sockaddr*>(&ipv4_);
  }
  socklen_t size() const { return is_ipv6() ? sizeof(ipv6_) : sizeof(ipv4_); }

 private:
  bool is_ipv6() const { return ipv6_.sin6_family == AF_INET6; }

  sockaddr_in ipv4_{};
  sockaddr_in6 ipv6_{};  // family 0: unused
};

HttpResponse ParseHead(std::string_view head) {
  HttpResponse response;
  bool first = true;
  while (!head.empty()) {
    const size_t end = std::min(head.find("\r\n"), head.size());
    const std::string line(head.substr(0, end));
    head.remove_prefix(std::min(end + 2, head.size()));
    if (std::exchange(first, false)) {
      response.status_line = line;
      std::from_chars(line.data() + std::min<size_t>(line.size(), 9), line.data() + line.size(),
                      response.status);
      continue;
    }
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) FailWith("no header: " + line);
    response.headers[Lower(line.substr(0, colon))] = line.substr(colon + 2);
  }
  return response;
}

}  // namespace

Client Client::Dial(const std::string& address, const Options& options) {
  Client client(options);
  client.Connect(address);
  return client;
}

Client Client::Open(const std::string& address, const Options& options) {
  Client client = Dial(address, options);
  const HttpResponse response = client.Upgrade();
  if (response.status != 101) FailWith("not upgraded: " + response.status_line + ": " + response.body);
  return client;
}

Client::Client(Client&& other) noexcept
    : options_(std::move(other.options_)),
      fd_(std::exchange(other.fd_, -1)),
      tls_(std::move(other.tls_)),
      id_(std::move(other.id_)),
      received_(std::move(other.received_)),
      ending_(other.ending_) {}

Client& Client::operator=(Client&& other) noexcept {
  Close();
  options_ = std::move(other.options_);
  fd_ = std::exchange(other.fd_, -1);
  tls_ = std::move(other.tls_);
  id_ = std::move(other.id_);
  received_ = std::move(other.received_);
  ending_ = other.ending_;
  return *this;
}

void Client::Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  const Peer peer(address.substr(0, colon), std::stoi(address.substr(colon + 1)));
  fd_ = ::socket(peer.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  Check(fd_, "socket");
  if (options_.receive_buffer != 0)
    SetOption(fd_, SOL_SOCKET, SO_RCVBUF, options_.receive_buffer, "SO_RCVBUF");
  if (options_.send_buffer != 0) SetOption(fd_, SOL_SOCKET, SO_SNDBUF, options_.send_buffer, "SO_SNDBUF");
  SetOption(fd_, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
  Check(::connect(fd_, peer.data(), peer.size()), "connect to " + address);
  Send(options_.preface);
  if (options_.tls != nullptr) StartTls();
}

void Client::StartTls() {
  Check(::fcntl(fd_, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
  tls_ = std::make_unique<ClientTlsStream>(*options_.tls, fd_);
  while (true) {
    std::string why;
    switch (tls_->Handshake(&why)) {
      case ClientTlsStream::Status::kOk:
        return;
      case ClientTlsStream::Status::kWantRead:
        Wait(POLLIN);
        break;
      case ClientTlsStream::Status::kWantWrite:
        Wait(POLLOUT);
        break;
      default:
        FailWith("TLS: " + why);
    }
  }
}

std::string Client::local_address() const {
  sockaddr_storage local{};
  socklen_t size = sizeof(local);
  Check(::getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &size), "getsockname");
  std::array<char, INET6_ADDRSTRLEN> host{};
  if (local.ss_family == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(local);
    ::inet_ntop(AF_INET6, &ipv6.sin6_addr, host.data(), host.size());
    return "[" + std::string(host.data()) + "]:" + std::to_string(ntohs(ipv6.sin6_port));
  }
  const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(local);
  ::inet_ntop(AF_INET, &ipv4.sin_addr, host.data(), host.size());
  return std::string(host.data()) + ":" + std::to_string(ntohs(ipv4.sin_port));
}

std::string Client::UpgradeRequest() const {
  std::string request = "GET " + options_.target +
                        " HTTP/1.1\r\n"
                        "Host: gateway.example\r\n"
                        "Upgrade: websocket\r\n"
                        "Connection: keep-alive, Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n";
  for (const std::string& header : options_.headers) request += header + "\r\n";
  return request + "\r\n";
}

HttpResponse Client::Upgrade() {
  Send(UpgradeRequest());
  return ReadResponse();
}

HttpResponse Client::ReadResponse(bool has_body) {
  size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) FailWith("closed before the end of the answer: " + received_);
  }
  HttpResponse response = ParseHead(std::string_view(received_).substr(0, end));
  response.head = received_.substr(0, end + 4);
  received_.erase(0, end + 4);
  if (const auto length = response.headers.find("content-length");
      has_body && length != response.headers.end()) {
    const size_t size = std::stoul(length->second);
    while (received_.size() < size) {
      if (!Fill()) FailWith("closed before the end of the body: " + received_);
    }
    response.body = received_.substr(0, size);
    received_.erase(0, size);
  }
  if (response.status == 101) id_ = response.headers["x-connection-id"];
  return response;
}

void Client::Wait(short events) const {
  const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience);
  pollfd entry{.fd = fd_, .events = events, .revents = 0};
  const int ready = ::poll(&entry, 1, static_cast<int>(patience.count()));
  Check(ready, "poll");
  if (ready == 0) FailWith(events == POLLIN ? "nothing came in time" : "nothing could be sent in time");
}

bool Client::HasInput() const {
  pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
  return !received_.empty() || ::poll(&entry, 1, 0) > 0;
}

void Client::WaitReadable() { Wait(POLLIN); }

void Client::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    bytes.remove_prefix(SendSome(bytes));
    if (!bytes.empty()) Wait(POLLOUT);
  }
}

size_t Client::SendSome(std::string_view bytes) {
  if (tls_ != nullptr) {
    size_t sent = 0;
    if (tls_->Send(bytes, &sent) == ClientTlsStream::Status::kBroken) FailWith("TLS: send");
    return sent;
  }
  const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) return static_cast<size_t>(count);
  if (errno == EAGAIN || errno == EINTR) return 0;
  throw std::system_error(errno, std::generic_category(), "client: send");
}

std::optional<size_t> Client::ReceiveSome(std::span<char> buffer) {
  if (tls_ != nullptr) {
    size_t count = 0;
    const auto status = tls_->Receive(buffer, &count);
    if (status == ClientTlsStream::Status::kOk) return count;
    if (status == ClientTlsStream::Status::kWantRead) return 0;
    ending_ = status == ClientTlsStream::Status::kEndOfFile ? Ending::kEndOfFile : Ending::kReset;
    return std::nullopt;
  }
  const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count > 0) return static_cast<size_t>(count);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (count < 0 && errno != ECONNRESET) Check(-1, "recv");
  ending_ = count == 0 ? Ending::kEndOfFile : Ending::kReset;
  return std::nullopt;
}

bool Client::Fill() {
  while (true) {
    std::array<char, 65536> buffer;
    const auto count = ReceiveSome(buffer);
    if (!count.has_value()) return false;
    received_.append(buffer.data(), *count);
    if (*count > 0) return true;
    Wait(POLLIN);
  }
}

void Client::SendClose(int code, std::string_view reason) {
  SendFrame({.opcode = kOpClose, .payload = ClosePayloadOf(code, reason)});
}

std::optional<ServerFrame> Client::ReadFrameOrEnd() {
  while (true) {
    if (auto frame = TakeFrame(received_)) return frame;
    if (!Fill()) return std::nullopt;
  }
}

ServerFrame Client::ReadFrame() {
  auto frame = ReadFrameOrEnd();
  if (!frame.has_value()) FailWith("closed where a frame was expected");
  return *std::move(frame);
}

ServerFrame Client::ReadClose() {
  ServerFrame frame = ReadFrame();
  if (frame.opcode != kOpClose) FailWith("opcode " + std::to_string(frame.opcode) + " is no close frame");
  return frame;
}

ServerFrame Client::ReadCloseAndAnswer() {
  ServerFrame frame = ReadClose();
  SendFrame({.opcode = kOpClose, .payload = std::string_view(frame.payload).substr(0, 2)});
  return frame;
}

void Client::Echo(std::string_view text) {
  SendText(text);
  const ServerFrame frame = ReadFrame();
  if (frame.opcode != kOpText || frame.payload != text) FailWith("not the echo: " + frame.payload);
}

Client::Ending Client::ReadEnd() {
  if (received_.empty() && !Fill()) return ending_;
  FailWith(std::to_string(received_.size()) + " bytes where the end was expected");
}

Client::Ending Client::DrainToEnd() {
  do {
    received_.clear();
  } while (Fill());
  return ending_;
}

void Client::ShutdownWrite() {
  if (tls_ != nullptr) tls_->Finish();
  Check(::shutdown(fd_, SHUT_WR), "shutdown");
}

void Client::Vanish() {
  // Requires a TTL of 255. Packets on loopback have a lower one, so the kernel drops all of them.
  constexpr int kMostHops = 255;
  SetOption(fd_, IPPROTO_IP, IP_MINTTL, kMostHops, "IP_MINTTL");
}

void Client::Reset() {
  SetOption(fd_, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0}, "SO_LINGER");
  Close();
}

void Client::Close() {
  tls_.reset();
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace drawbridge
