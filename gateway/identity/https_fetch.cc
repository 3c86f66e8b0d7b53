#include "gateway/identity/https_fetch.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdint>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/base/ip_address.h"
#include "gateway/base/version.h"
#include "gateway/identity/key_set.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// One fetch. The steps are asynchronous operations, each run to its end, to the deadline or to a stop,
// because blocking operations of Asio have no timeout.
class HttpsFetch {
 public:
  HttpsFetch(const KeyUrl& url, const std::string& ca_file, const std::stop_token& stop,
             std::chrono::nanoseconds timeout)
      : url_(url),
        stop_(stop),
        deadline_(std::chrono::steady_clock::now() + timeout),
        context_(ContextWith(ca_file)) {}

  KeySource::Fetched Run() {
    if (auto problem = Connect()) return *std::move(problem);
    if (auto problem = Exchange()) return *std::move(problem);
    const auto& answer = parser_.get();
    if (answer.result_int() != 200) return fmt::format("the answer is HTTP {}", answer.result_int());
    const auto field = [&answer](http::field name) {
      const auto value = answer[name];
      return std::string_view(value.data(), value.size());
    };
    return KeySource::Answer{
        .text = answer.body(),
        .max_age = Freshness(field(http::field::cache_control), field(http::field::age))};
  }

 private:
  using Problem = std::optional<std::string>;

  static asio::ssl::context ContextWith(const std::string& ca_file) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(asio::ssl::verify_peer);
    if (ca_file.empty()) {
      context.set_default_verify_paths();
    } else {
      context.load_verify_file(ca_file);
    }
    return context;
  }

  // Runs one operation, which `begin` starts with the handler that it gets.
  template <typename Begin>
  error_code Await(Begin begin) {
    std::optional<error_code> result;
    begin([&result](error_code error, const auto&...) { result = error; });
    io_.restart();
    constexpr std::chrono::milliseconds kStep{100};  // between two looks at the stop
    while (!result.has_value() && !stop_.stop_requested() && std::chrono::steady_clock::now() < deadline_) {
      io_.run_one_until(std::min(std::chrono::steady_clock::now() + kStep, deadline_));
    }
    if (result.has_value()) return *result;
    resolver_.cancel();
    error_code ignored;
    stream_.lowest_layer().close(ignored);
    io_.run();
    return asio::error::timed_out;
  }

  std::string Describe(std::string_view step, error_code error) const {
    const long verified = SSL_get_verify_result(const_cast<HttpsFetch*>(this)->stream_.native_handle());
    if (step == "TLS" && verified != X509_V_OK) {
      return fmt::format("TLS with {}: the certificate is not accepted: {}", url_.authority(),
                         X509_verify_cert_error_string(verified));
    }
    return fmt::format("{} {}: {}", step, url_.authority(), error.message());
  }

  Problem Connect() {
    tcp::resolver::results_type addresses;
    if (const error_code error = Await([&](auto done) {
          resolver_.async_resolve(url_.host, url_.port,
                                  [done, &addresses](error_code e, const auto& found) mutable {
                                    addresses = found;
                                    done(e);
                                  });
        }))
      return fmt::format("the name {}: {}", url_.host, error.message());
    if (const error_code error =
            Await([&](auto done) { asio::async_connect(stream_.lowest_layer(), addresses, done); }))
      return fmt::format("connecting to {}: {}", url_.authority(), error.message());
    // RFC 6066, section 3: no address is sent as a server name.
    if (!IpAddress::Parse(url_.host).has_value())
      SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str());
    stream_.set_verify_callback(asio::ssl::host_name_verification(url_.host));
    if (const error_code error =
            Await([&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, done); }))
      return Describe("TLS", error);
    return std::nullopt;
  }

  Problem Exchange() {
    http::request<http::empty_body> request(http::verb::get, url_.target, 11);
    request.set(http::field::host, url_.authority());
    request.set(http::field::user_agent, fmt::format("drawbridge/{}", kVersion));
    request.set(http::field::accept, "application/jwk-set+json, application/json");
    request.set(http::field::connection, "close");
    if (const error_code error = Await([&](auto done) { http::async_write(stream_, request, done); }))
      return fmt::format("sending to {}: {}", url_.authority(), error.message());
    parser_.body_limit(KeySet::kMaxBytes);
    boost::beast::flat_buffer buffer;
    if (const error_code error = Await([&](auto done) { http::async_read(stream_, buffer, parser_, done); }))
      return fmt::format("reading from {}: {}", url_.authority(), error.message());
    return std::nullopt;
  }

  const KeyUrl& url_;
  const std::stop_token& stop_;
  const std::chrono::steady_clock::time_point deadline_;
  asio::io_context io_;
  asio::ssl::context context_;
  tcp::resolver resolver_{io_};
  asio::ssl::stream<tcp::socket> stream_{io_, context_};
  http::response_parser<http::string_body> parser_;
};

}  // namespace

KeySource::Fetched FetchHttps(const KeyUrl& url, const std::string& ca_file, const std::stop_token& stop,
                              std::chrono::nanoseconds timeout) {
  // The constructors of the context and of the stream throw, for a bad file or without descriptors.
  try {
    return HttpsFetch(url, ca_file, stop, timeout).Run();
  } catch (const std::exception& error) {
    ERR_clear_error();
    return std::string(error.what());
  }
}

std::optional<std::chrono::seconds> Freshness(std::string_view cache_control, std::string_view age) {
  constexpr std::string_view kMaxAge = "max-age=";
  std::optional<uint32_t> max_age;
  for (const std::string_view piece : Split(cache_control, ',')) {
    const std::string directive = ToLower(piece);
    if (directive == "no-cache" || directive == "no-store") return std::chrono::seconds(0);
    if (directive.starts_with(kMaxAge)) max_age = ParseNumber<uint32_t>(directive.substr(kMaxAge.size()));
  }
  if (!max_age.has_value()) return std::nullopt;
  const uint32_t spent = ParseNumber<uint32_t>(Trim(age)).value_or(0);
  return std::chrono::seconds(*max_age - std::min(*max_age, spent));
}

}  // namespace drawbridge
