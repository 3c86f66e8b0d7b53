// A small HTTP/1.1 server for operators and monitoring. It serves read-only pages by path.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_HTTP_SERVER_H_
#define DRAWBRIDGE_SERVICES_ADMIN_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "gateway/base/clock.h"
#include "services/admin/http_exchange.h"

namespace drawbridge {

// Has one thread, which calls the page functions. ReplyTo describes the responses.
class HttpServer {
 public:
  struct Options {
    std::string listen;           // ip:port, [ipv6]:port; port 0 picks a free one
    size_t max_connections = 16;  // at the limit a new one replaces the longest idle one
    std::chrono::nanoseconds idle_timeout = std::chrono::seconds(75);  // until a request begins
    std::chrono::nanoseconds timeout = std::chrono::seconds(10);  // to read a request, or send its response
    const Clock* clock = nullptr;  // for Date; must outlive the server; null: the system's
  };
  using Pages = drawbridge::Pages;

  // A longer header is answered with 431, a longer request line with 414.
  static constexpr size_t kMaxHeaderBytes = 8 * 1024;

  // Serves from its return on. Calls `tick` once a second on the server's thread. Throws std::runtime_error
  // with the address and the reason if it cannot listen.
  HttpServer(
      Options options, Pages pages, std::function<void()> tick = [] {});
  // Closes all connections and joins the thread.
  ~HttpServer();

  const std::string& address() const { return address_; }  // as bound

 private:
  class Loop;
  const std::unique_ptr<Loop> loop_;
  const std::string address_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_HTTP_SERVER_H_
