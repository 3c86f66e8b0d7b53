// An HTTP proxy that counts its callers, records what they send, and forwards nothing.
#ifndef DRAWBRIDGE_TESTS_TOOLS_CTL_FAKE_PROXY_H_
#define DRAWBRIDGE_TESTS_TOOLS_CTL_FAKE_PROXY_H_

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace drawbridge {

// Accepts every CONNECT, reads once more, and closes the connection.
class FakeProxy {
 public:
  FakeProxy() {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, generic, size) != 0 || ::listen(fd_, SOMAXCONN) != 0 ||
        ::getsockname(fd_, generic, &size) != 0)
      throw std::system_error(errno, std::generic_category(), "fake proxy");
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    serving_ = std::thread([this] { Serve(); });
  }
  FakeProxy(const FakeProxy&) = delete;
  FakeProxy& operator=(const FakeProxy&) = delete;
  ~FakeProxy() { Stop(); }

  const std::string& url() const { return url_; }

  // Stops the proxy and returns what each caller sent.
  const std::vector<std::string>& Stop() {
    ::shutdown(fd_, SHUT_RDWR);  // ends a blocking accept()
    if (serving_.joinable()) serving_.join();
    return heard_;
  }

 private:
  void Serve() {
    for (int caller = 0; (caller = ::accept(fd_, nullptr, nullptr)) >= 0; ::close(caller)) {
      std::string heard = Read(caller);
      constexpr std::string_view kAgreed = "HTTP/1.1 200 OK\r\n\r\n";
      [[maybe_unused]] const ssize_t sent = ::send(caller, kAgreed.data(), kAgreed.size(), MSG_NOSIGNAL);
      heard_.push_back(heard + Read(caller));
    }
    ::close(fd_);
  }

  static std::string Read(int fd) {
    std::string text(65536, '\0');
    const ssize_t size = ::recv(fd, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<size_t>(size));
    return text;
  }

  const int fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string url_;
  std::vector<std::string> heard_;  // used by the thread until it is joined
  std::thread serving_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_TOOLS_CTL_FAKE_PROXY_H_
