#include "services/server/health_check.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstring>
#include <string>

#include "absl/strings/ascii.h"
#include "gateway/listener/address.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

// The address to connect to. A gateway that listens on every address is reached by loopback.
std::string Reachable(const std::string& listen) {
  const std::string port = listen.substr(listen.rfind(':'));
  if (listen == "0.0.0.0" + port) return "127.0.0.1" + port;
  if (listen == "[::]" + port) return "[::1]" + port;
  return listen;
}

asio::ip::tcp::endpoint EndpointOf(const std::string& address) {
  SocketAddress parsed = SocketAddress::Parse(address).value_or(SocketAddress());
  asio::ip::tcp::endpoint endpoint;
  endpoint.resize(parsed.size());
  std::memcpy(endpoint.data(), parsed.data(), parsed.size());
  return endpoint;
}

// Sends GET /healthz. The operations are asynchronous, because Beast's timeout applies only to these.
class Question {
 public:
  explicit Question(std::chrono::milliseconds timeout) { stream_.expires_after(timeout); }

  beast::error_code Ask(const std::string& address, http::response<http::string_body>* response) {
    http::request<http::empty_body> request(http::verb::get, "/healthz", 11);
    request.set(http::field::host, address);
    beast::flat_buffer buffer;
    stream_.async_connect(EndpointOf(address), [this](beast::error_code error) { error_ = error; });
    if (!Done()) return error_;
    http::async_write(stream_, request, [this](beast::error_code error, size_t) { error_ = error; });
    if (!Done()) return error_;
    http::async_read(stream_, buffer, *response, [this](beast::error_code error, size_t) { error_ = error; });
    Done();
    return error_;
  }

 private:
  bool Done() {
    io_.restart();
    io_.run();
    return !error_;
  }

  asio::io_context io_;
  beast::tcp_stream stream_{io_};
  beast::error_code error_;
};

}  // namespace

Health CheckHealth(const Flags& flags, std::chrono::milliseconds timeout) {
  const std::string address = Reachable(flags.admin_listen);
  http::response<http::string_body> response;
  if (const auto error = Question(timeout).Ask(address, &response)) {
    return {.line = fmt::format("{}: {}", address, error.message())};
  }
  return {.healthy = response.result() == http::status::ok,
          .line = fmt::format("{}: {}", address,
                              std::string(absl::StripTrailingAsciiWhitespace(response.body())))};
}

}  // namespace drawbridge
