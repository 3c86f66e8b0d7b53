// A small HTTP/1.1 server for operators and their machines: pages by path, to be read.
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

// Has one thread, on which the pages are made. ReplyTo says what it answers.
class HttpServer {
 public:
  struct Options {
    std::string listen;           // ip:port, [ipv6]:port; port 0 picks a free one
    size_t max_connections = 16;  // one more: the one that has asked for nothing for longest is cut
    std::chrono::nanoseconds idle_timeout = std::chrono::seconds(75);  // for a request to begin
    std::chrono::nanoseconds timeout = std::chrono::seconds(10);  // for it to arrive, or its answer to leave
    const Clock* clock = nullptr;  // for the Date header; outlives the server; null: the system's
  };
  using Pages = drawbridge::Pages;

  // A longer header is answered with 431, a longer request line with 414.
  static constexpr size_t kMaxHeaderBytes = 8 * 1024;

  // Serves when it returns; `tick` is called on the thread each second. Throws std::runtime_error, saying
  // which address could not be had and why.
  HttpServer(
      Options options, Pages pages, std::function<void()> tick = [] {});
  // Cuts who is connected, and waits for the thread.
  ~HttpServer();

  const std::string& address() const { return address_; }  // as bound

 private:
  class Loop;
  const std::unique_ptr<Loop> loop_;
  const std::string address_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_HTTP_SERVER_H_
