// An echo server like the asynchronous examples of Beast: tcp_stream, one strand per connection, suggested
// timeouts, one asynchronous read and one asynchronous write per message. Other settings are the library's
// defaults, except TCP_NODELAY, which every server here sets: without it messages of 16 KiB, sent in four
// frames, wait for delayed ACKs.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdio>
#include <exception>
#include <memory>

#include "tools/bench/net/endpoint.h"
#include "tools/bench/net/flags.h"

namespace drawbridge::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;

class EchoSession : public std::enable_shared_from_this<EchoSession> {
 public:
  explicit EchoSession(tcp::socket&& socket) : stream_(std::move(socket)) {}

  void Run() {
    asio::dispatch(stream_.get_executor(),
                   beast::bind_front_handler(&EchoSession::OnRun, shared_from_this()));
  }

 private:
  void OnRun() {
    stream_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    stream_.async_accept(beast::bind_front_handler(&EchoSession::OnAccept, shared_from_this()));
  }

  void OnAccept(beast::error_code error) {
    if (!error) Read();
  }

  void Read() {
    stream_.async_read(buffer_, beast::bind_front_handler(&EchoSession::OnRead, shared_from_this()));
  }

  void OnRead(beast::error_code error, std::size_t) {
    if (error) return;
    stream_.text(stream_.got_text());
    stream_.async_write(buffer_.data(), beast::bind_front_handler(&EchoSession::OnWrite, shared_from_this()));
  }

  void OnWrite(beast::error_code error, std::size_t) {
    if (error) return;
    buffer_.consume(buffer_.size());
    Read();
  }

  websocket::stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
};

class EchoListener : public std::enable_shared_from_this<EchoListener> {
 public:
  EchoListener(asio::io_context& context, const tcp::endpoint& endpoint)
      : context_(context), acceptor_(context, endpoint) {
    acceptor_.set_option(tcp::no_delay(true));  // accepted sockets inherit it
  }

  void Accept() {
    acceptor_.async_accept(asio::make_strand(context_),
                           beast::bind_front_handler(&EchoListener::OnAccept, shared_from_this()));
  }

  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  void OnAccept(beast::error_code error, tcp::socket socket) {
    if (!error) std::make_shared<EchoSession>(std::move(socket))->Run();
    Accept();
  }

  asio::io_context& context_;
  tcp::acceptor acceptor_;
};

int Main(int argc, char** argv) try {
  Flags flags(argc, argv);
  const sockaddr_in wanted = ParseEndpoint(flags.String("listen", "127.0.0.1:0"));
  flags.RejectUnknown();
  asio::io_context context(1);
  const tcp::endpoint endpoint(asio::ip::address_v4(ntohl(wanted.sin_addr.s_addr)), ntohs(wanted.sin_port));
  const auto listener = std::make_shared<EchoListener>(context, endpoint);
  listener->Accept();
  std::printf("ready ws=%s:%u\n", listener->endpoint().address().to_string().c_str(),
              listener->endpoint().port());
  std::fflush(stdout);
  context.run();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "stock_beast: %s\n", error.what());
  return 2;
}

}  // namespace
}  // namespace drawbridge::bench

int main(int argc, char** argv) { return drawbridge::bench::Main(argc, argv); }
