// A small HTTP/1.1 server for operators and their machines: pages by path, to be read.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_HTTP_SERVER_H_
#define DRAWBRIDGE_SERVICES_ADMIN_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/base/clock.h"

namespace drawbridge {

struct Page {
  unsigned status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

// Has one thread, on which the pages are made. It answers GET and HEAD; what else comes, it refuses.
class HttpServer {
 public:
  struct Options {
    std::string listen;           // ip:port, [ipv6]:port; port 0 picks a free one
    size_t max_connections = 16;  // one more: the one that has asked for nothing for longest is cut
    std::chrono::nanoseconds idle_timeout = std::chrono::seconds(75);  // for a request to begin
    std::chrono::nanoseconds timeout = std::chrono::seconds(10);  // for it to arrive, or its answer to leave
    const Clock* clock = nullptr;  // for the Date header; outlives the server; null: the system's
  };
  // By path. The functions must not block.
  using Pages = std::map<std::string, std::function<Page()>, std::less<>>;

  // A longer header is answered with 431.
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
