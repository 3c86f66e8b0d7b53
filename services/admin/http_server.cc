#include "services/admin/http_server.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace drawbridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

// How long the server reads and drops data after its last response. A socket that is closed with unread data
// resets the connection, and the client may lose the response.
constexpr std::chrono::seconds kLinger{2};
// The size of one read.
constexpr size_t kReadBytes = 4 * 1024;
// The wait after a failed accept, such as one without a free descriptor or memory.
constexpr std::chrono::milliseconds kPause{100};

tcp::endpoint EndpointOf(const std::string& text) {
  const size_t colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {asio::ip::make_address(host), static_cast<uint16_t>(std::stoul(text.substr(colon + 1)))};
}

std::string Text(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return fmt::format("{}:{}", endpoint.address().is_v6() ? "[" + host + "]" : host, endpoint.port());
}

using Request = http::request_parser<http::empty_body>;

}  // namespace

// All but the constructor, Stop and endpoint runs on thread_.
class HttpServer::Loop {
 public:
  Loop(Options options, Pages pages, std::function<void()> tick);
  void Stop();

  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  class Client;
  using Clients = std::list<std::shared_ptr<Client>>;

  void Listen();
  void Accept();
  void Admit(tcp::socket socket);
  void Tick();

  const Options options_;
  const SystemClock system_clock_;
  const Clock& clock_;
  const Pages pages_;
  const std::function<void()> tick_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  asio::steady_timer tick_timer_{io_};
  Clients clients_;  // by the last request (or the accept), the oldest first
  std::thread thread_;
};

// One connection, which serves one request after the other.
class HttpServer::Loop::Client : public std::enable_shared_from_this<HttpServer::Loop::Client> {
 public:
  Client(Loop& loop, tcp::socket socket) : loop_(loop), stream_(std::move(socket)) {}

  // `self`: its place in clients_.
  void Start(Clients::iterator self) {
    self_ = self;
    Await();
  }
  void Close() {
    if (std::exchange(closed_, true)) return;
    stream_.close();
    loop_.clients_.erase(self_);
  }

 private:
  void Await();
  void Receive();
  void Answer();
  void Refuse(boost::system::error_code error);
  std::string_view unread() const;
  void Send(const HttpReply& reply);
  void Next();
  void Linger();
  void Drain();

  Loop& loop_;
  beast::tcp_stream stream_;
  Clients::iterator self_;
  bool closed_ = false;
  beast::flat_buffer buffer_{HttpServer::kMaxHeaderBytes + kReadBytes};
  std::unique_ptr<Request> request_;  // Beast needs a new parser for each request
  bool keep_alive_ = false;
  std::string answer_;
};

void HttpServer::Loop::Client::Await() {
  stream_.expires_after(loop_.options_.idle_timeout);
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [this, self = shared_from_this()](boost::system::error_code error, size_t bytes) {
                            if (error) return Close();
                            buffer_.commit(bytes);
                            Receive();
                          });
}

std::string_view HttpServer::Loop::Client::unread() const {
  return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
}

void HttpServer::Loop::Client::Receive() {
  // One empty line before a request is ignored (RFC 9112, section 2.2).
  if (unread().starts_with("\r\n")) buffer_.consume(2);
  request_ = std::make_unique<Request>();
  request_->header_limit(HttpServer::kMaxHeaderBytes);
  stream_.expires_after(loop_.options_.timeout);
  http::async_read_header(stream_, buffer_, *request_,
                          [this, self = shared_from_this()](boost::system::error_code error, size_t) {
                            error ? Refuse(error) : Answer();
                          });
}

// Answers a request that is not HTTP. A client that has left or is too slow gets no answer.
void HttpServer::Loop::Client::Refuse(boost::system::error_code error) {
  static const auto& http_errors = make_error_code(http::error::bad_method).category();
  if (closed_ || error.category() != http_errors || error == http::error::end_of_stream ||
      error == http::error::partial_message) {
    return Close();
  }
  const bool has_line = !request_->get().target().empty() || unread().find('\n') != std::string_view::npos;
  const bool too_long = error == http::error::header_limit || error == http::error::buffer_overflow;
  HttpReply reply = !too_long ? RefusalOf(400, "malformed HTTP request: " + error.message())
                    : has_line
                        ? RefusalOf(431, fmt::format("the request header is over {} bytes", kMaxHeaderBytes))
                        : RefusalOf(414, fmt::format("the request line is over {} bytes", kMaxHeaderBytes));
  reply.with_body = request_->get().method() != http::verb::head && !unread().starts_with("HEAD ");
  Send(reply);
}

void HttpServer::Loop::Client::Answer() {
  if (closed_) return;
  loop_.clients_.splice(loop_.clients_.end(), loop_.clients_, self_);
  Send(ReplyTo(request_->get().base(), request_->keep_alive(), loop_.pages_));
}

void HttpServer::Loop::Client::Send(const HttpReply& reply) {
  keep_alive_ = reply.keep_alive;
  answer_ = Serialize(reply, loop_.clock_.Wall());
  stream_.expires_after(loop_.options_.timeout);
  asio::async_write(stream_, asio::buffer(answer_),
                    [this, self = shared_from_this()](boost::system::error_code error, size_t) {
                      if (error || closed_) return Close();
                      keep_alive_ ? Next() : Linger();
                    });
}

void HttpServer::Loop::Client::Next() {
  answer_.clear();
  buffer_.size() == 0 ? Await() : Receive();
}

void HttpServer::Loop::Client::Linger() {
  boost::system::error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kLinger);
  Drain();
}

void HttpServer::Loop::Client::Drain() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [this, self = shared_from_this()](boost::system::error_code error, size_t) {
                            error ? Close() : Drain();
                          });
}

HttpServer::Loop::Loop(Options options, Pages pages, std::function<void()> tick)
    : options_(std::move(options)),
      clock_(options_.clock == nullptr ? system_clock_ : *options_.clock),
      pages_(std::move(pages)),
      tick_(std::move(tick)) {
  try {
    Listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(fmt::format("listen on {}: {}", options_.listen, error.code().message()));
  }
  Accept();
  Tick();
  thread_ = std::thread([this] { io_.run(); });
}

void HttpServer::Loop::Listen() {
  const tcp::endpoint endpoint = EndpointOf(options_.listen);
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint);
  acceptor_.listen();
}

void HttpServer::Loop::Stop() {
  io_.stop();
  thread_.join();
  while (!clients_.empty()) clients_.front()->Close();
}

void HttpServer::Loop::Accept() {
  acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (!error) {
      Admit(std::move(socket));
      return Accept();
    }
    pause_.expires_after(kPause);
    pause_.async_wait([this](boost::system::error_code) { Accept(); });
  });
}

void HttpServer::Loop::Admit(tcp::socket socket) {
  while (clients_.size() >= options_.max_connections) clients_.front()->Close();
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  clients_.push_back(std::make_shared<Client>(*this, std::move(socket)));
  clients_.back()->Start(std::prev(clients_.end()));
}

void HttpServer::Loop::Tick() {
  tick_timer_.expires_after(std::chrono::seconds(1));
  tick_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    tick_();
    Tick();
  });
}

HttpServer::HttpServer(Options options, Pages pages, std::function<void()> tick)
    : loop_(std::make_unique<Loop>(std::move(options), std::move(pages), std::move(tick))),
      address_(Text(loop_->endpoint())) {}

HttpServer::~HttpServer() { loop_->Stop(); }

}  // namespace drawbridge
