// Fetches over real sockets with TLS: certificates, sizes, statuses and time.
#include "gateway/identity/https_fetch.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "gateway/identity/key_url.h"
#include "tests/support/certificates.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::seconds;

// Answers one request; an empty answer: it never answers. Calls `asked` when it has read the request.
class Issuer {
 public:
  Issuer(
      const Credentials& credentials, std::string answer, std::function<void()> asked = [] {})
      : files_(credentials),
        acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
        answer_(std::move(answer)),
        asked_(std::move(asked)) {
    context_.use_certificate_chain_file(files_.certificate.path());
    context_.use_private_key_file(files_.key.path(), asio::ssl::context::pem);
    port_ = acceptor_.local_endpoint().port();
    thread_ = std::jthread([this] { Serve(); });
  }

  KeyUrl Url(const std::string& target = "/jwks.json") const {
    return *KeyUrl::Parse(fmt::format("https://127.0.0.1:{}{}", port_, target));
  }
  // Valid once the fetch has ended.
  std::string request() {
    thread_.join();
    return request_;
  }

 private:
  void Serve() {
    boost::system::error_code error;
    asio::ssl::stream<tcp::socket> stream(io_, context_);
    acceptor_.accept(stream.lowest_layer(), error);
    if (!error) stream.handshake(asio::ssl::stream_base::server, error);
    if (error) return;
    asio::read_until(stream, asio::dynamic_buffer(request_), "\r\n\r\n", error);
    asked_();
    if (answer_.empty()) {
      char byte = 0;
      stream.read_some(asio::buffer(&byte, 1), error);  // the client gives up
      return;
    }
    asio::write(stream, asio::buffer(answer_), error);
    stream.shutdown(error);
  }

  CredentialFiles files_;
  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_server};
  tcp::acceptor acceptor_;
  uint16_t port_ = 0;
  std::string answer_;
  std::function<void()> asked_;
  std::string request_;
  std::jthread thread_;
};

std::string Answer(const std::string& body, const std::string& more = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), more, body);
}

class HttpsFetchTest : public ::testing::Test {
 protected:
  KeySource::Fetched Fetch(const KeyUrl& url, std::chrono::nanoseconds timeout = seconds(5)) const {
    return FetchHttps(url, ca_.path(), {}, timeout);
  }
  static std::string ProblemOf(const KeySource::Fetched& fetched) {
    const auto* const problem = std::get_if<std::string>(&fetched);
    return problem == nullptr ? "none" : *problem;
  }

  TestAuthority authority_;
  TemporaryFile ca_{"ca.pem", authority_.certificate()};
};

TEST_F(HttpsFetchTest, ReturnsTheBodyAndHowLongItIsFresh) {
  Issuer issuer(authority_.Issue("issuer"),
                Answer("{}", "Cache-Control: public, max-age=3600\r\nAge: 600\r\n"));
  const auto fetched = Fetch(issuer.Url("/a/jwks.json?x=1"));
  ASSERT_EQ(ProblemOf(fetched), "none");
  EXPECT_EQ(std::get<KeySource::Answer>(fetched).text, "{}");
  EXPECT_EQ(std::get<KeySource::Answer>(fetched).max_age, seconds(3000));
  const std::string request = issuer.request();
  EXPECT_EQ(request.substr(0, request.find('\r')), "GET /a/jwks.json?x=1 HTTP/1.1");
  EXPECT_NE(request.find("Host: 127.0.0.1:"), std::string::npos);
}

TEST_F(HttpsFetchTest, RefusesACertificateOfAnotherAuthority) {
  TestAuthority other("Another Authority");
  Issuer issuer(other.Issue("issuer"), Answer("{}"));
  EXPECT_NE(ProblemOf(Fetch(issuer.Url())).find("certificate"), std::string::npos);
}

TEST_F(HttpsFetchTest, RefusesACertificateForAnotherHost) {
  Issuer issuer(authority_.Issue({{"CN", "127.0.0.1"}}, 1, "DNS:issuer.example"), Answer("{}"));
  EXPECT_NE(ProblemOf(Fetch(issuer.Url())).find("certificate"), std::string::npos);
}

TEST_F(HttpsFetchTest, FollowsNoRedirect) {
  Issuer issuer(authority_.Issue("issuer"),
                "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/other\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(ProblemOf(Fetch(issuer.Url())), "the answer is HTTP 302");
}

TEST_F(HttpsFetchTest, RefusesABodyThatIsTooLarge) {
  Issuer issuer(authority_.Issue("issuer"), Answer(std::string(512 * 1024 + 1, ' ')));
  EXPECT_NE(ProblemOf(Fetch(issuer.Url())), "none");
}

TEST_F(HttpsFetchTest, RefusesABodyThatIsCut) {
  Issuer issuer(authority_.Issue("issuer"), "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
  EXPECT_NE(ProblemOf(Fetch(issuer.Url())), "none");
}

TEST_F(HttpsFetchTest, GivesUpWhenTheTimeIsOver) {
  Issuer issuer(authority_.Issue("issuer"), "");
  EXPECT_NE(ProblemOf(Fetch(issuer.Url(), std::chrono::milliseconds(300))), "none");
}

TEST_F(HttpsFetchTest, GivesUpWhenItIsStopped) {
  std::stop_source stop;
  Issuer issuer(authority_.Issue("issuer"), "", [&stop] { stop.request_stop(); });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(ProblemOf(FetchHttps(issuer.Url(), ca_.path(), stop.get_token(), seconds(60))), "none");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(30));
}

TEST_F(HttpsFetchTest, SaysThatNothingListens) {
  EXPECT_NE(ProblemOf(Fetch(*KeyUrl::Parse("https://127.0.0.1:1/"))).find("connecting to 127.0.0.1:1"),
            std::string::npos);
}

TEST(KeyUrlTest, TakesHttpsAlone) {
  const auto url = KeyUrl::Parse("https://issuer.example/a/b?c");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "issuer.example");
  EXPECT_EQ(url->port, "443");
  EXPECT_EQ(url->target, "/a/b?c");
  EXPECT_EQ(url->authority(), "issuer.example");
  EXPECT_EQ(KeyUrl::Parse("https://[2001:db8::1]:8443")->authority(), "[2001:db8::1]:8443");
  EXPECT_EQ(KeyUrl::Parse("https://[2001:db8::1]:8443")->target, "/");
  EXPECT_EQ(KeyUrl::Parse("HTTPS://a?b")->target, "/?b");
  for (const char* text : {"", "http://a/", "https://", "https:///a", "https://u@a/", "https://a:0/",
                           "https://a:x/", "https://a:65536/", "https://a/#b", "https://a b/",
                           "https://[::g]/", "https://[::1", "https://[::1]x/", "file:///etc/passwd"})
    EXPECT_FALSE(KeyUrl::Parse(text).has_value()) << text;
}

TEST(FreshnessTest, ReadsCacheControlAndAge) {
  EXPECT_EQ(Freshness("", ""), std::nullopt);
  EXPECT_EQ(Freshness("public", "5"), std::nullopt);
  EXPECT_EQ(Freshness("public, Max-Age=60, must-revalidate", ""), seconds(60));
  EXPECT_EQ(Freshness("max-age=60", "100"), seconds(0));
  EXPECT_EQ(Freshness("max-age=60, no-cache", ""), seconds(0));
  EXPECT_EQ(Freshness("no-store", ""), seconds(0));
  EXPECT_EQ(Freshness("max-age=-1", ""), std::nullopt);
  EXPECT_EQ(Freshness("max-age=\"60\"", ""), std::nullopt);
}

}  // namespace
}  // namespace drawbridge
