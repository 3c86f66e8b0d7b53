// The HTTP server of the admin port: valid, invalid and hostile requests.
#include "services/admin/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/gateway/base/manual_clock.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

HttpServer::Options OnFreePort() { return {.listen = "127.0.0.1:0"}; }

class Site {
 public:
  explicit Site(HttpServer::Options options = OnFreePort())
      : server_(std::move(options),
                {{"/hello",
                  [] {
                    return Page{200, "hello\n"};
                  }},
                 {"/down",
                  [] {
                    return Page{503, "down\n"};
                  }},
                 {"/big",
                  [] {
                    return Page{200, std::string(kBig, 'x')};
                  }}},
                [this] { ++ticks_; }) {}

  Client Dial() const { return Client::Dial(server_.address()); }
  // Sends one request on a connection of its own.
  HttpResponse Ask(const std::string& request) const {
    Client client = Dial();
    client.Send(request);
    return client.ReadResponse(!request.starts_with("HEAD"));
  }
  const HttpServer& server() const { return server_; }
  int ticks() const { return ticks_; }

  static constexpr size_t kBig = 16 << 20;

 private:
  std::atomic<int> ticks_ = 0;
  HttpServer server_;
};

std::string Get(const std::string& target, const std::string& further = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + further + "\r\n";
}

TEST(HttpServerTest, PagesAreServedByPath) {
  const Site site;
  const HttpResponse hello = site.Ask(Get("/hello"));
  EXPECT_EQ(hello.status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(hello.body, "hello\n");
  EXPECT_EQ(hello.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(hello.headers.at("content-length"), "6");
  EXPECT_EQ(site.Ask(Get("/hello?verbose=1")).body, "hello\n");
  EXPECT_EQ(site.Ask(Get("http://x/hello")).body, "hello\n") << "RFC 9112, section 3.2.2";
  EXPECT_EQ(site.Ask("\r\n" + Get("/hello")).body, "hello\n") << "RFC 9112, section 2.2";
  EXPECT_EQ(site.Ask("GET /hello HTTP/1.0\r\n\r\n").body, "hello\n");
  const HttpResponse down = site.Ask(Get("/down"));
  EXPECT_EQ(down.status_line, "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(down.body, "down\n");
}

TEST(HttpServerTest, EveryAnswerHasTheDate) {
  ManualClock clock;
  const Site site({.listen = "127.0.0.1:0", .clock = &clock});
  for (const char* request :
       {"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", "GET /nothing HTTP/1.0\r\n\r\n", "nonsense\r\n\r\n"}) {
    EXPECT_EQ(site.Ask(request).headers.at("date"), "Tue, 14 Nov 2023 22:13:20 GMT") << request;
  }
  clock.Advance(seconds(1));
  EXPECT_EQ(site.Ask(Get("/hello")).headers.at("date"), "Tue, 14 Nov 2023 22:13:21 GMT");
}

TEST(HttpServerTest, OtherPathsAre404AndNameThoseThereAre) {
  const Site site;
  for (const char* path :
       {"/", "/hello/", "/HELLO", "/hello/..", "*", "//hello", "ftp://x/hello", "/hello#top"}) {
    const HttpResponse response = site.Ask(Get(path));
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(response.body, HasSubstr("/hello")) << path;
  }
}

TEST(HttpServerTest, HeadIsGetWithoutItsBody) {
  const Site site;
  Client client = site.Dial();
  client.Send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const HttpResponse head = client.ReadResponse(false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "6");
  client.Send(Get("/down"));
  EXPECT_EQ(client.ReadResponse().body, "down\n") << "the body of the first answer came all the same";
}

// HAProxy's "option httpchk" without arguments sends "OPTIONS / HTTP/1.0".
TEST(HttpServerTest, OptionsTellTheHealthWithoutABody) {
  const Site site;
  for (const auto& [target, status] : {std::pair("/hello", 200), std::pair("/down", 503), std::pair("*", 200),
                                       std::pair("/nothing", 404), std::pair("/big", 200)}) {
    for (const char* version : {" HTTP/1.0\r\n\r\n", " HTTP/1.1\r\nHost: x\r\n\r\n"}) {
      const HttpResponse response = site.Ask(std::string("OPTIONS ") + target + version);
      EXPECT_EQ(response.status, status) << target << version;
      EXPECT_EQ(response.headers.at("allow"), "GET, HEAD, OPTIONS") << target;
      EXPECT_EQ(response.headers.at("content-length"), "0") << target;
    }
  }
}

TEST(HttpServerTest, NoAnswerToHeadHasABody) {
  const Site site;
  for (const auto& [request, status] :
       {std::pair(std::string("HEAD /hello HTTP/1.0\r\n\r\n"), 200),
        std::pair(std::string("HEAD /down HTTP/1.0\r\n\r\n"), 503),
        std::pair(std::string("HEAD /nothing HTTP/1.0\r\n\r\n"), 404),
        std::pair(std::string("HEAD /hello HTTP/1.1\r\n\r\n"), 400),
        std::pair(std::string("HEAD /hello HTTP/9.9\r\n\r\n"), 400),
        std::pair(std::string("HEAD /hello HTTP/1.1\r\nno colon\r\n\r\n"), 400),
        std::pair("HEAD /" + std::string(HttpServer::kMaxHeaderBytes, 'x'), 414),
        std::pair("HEAD / HTTP/1.1\r\nX: " + std::string(HttpServer::kMaxHeaderBytes, 'x'), 431)}) {
    Client client = site.Dial();
    client.Send(request);
    EXPECT_EQ(client.ReadResponse(false).status, status) << request.substr(0, 60);
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile) << request.substr(0, 60);
  }
}

TEST(HttpServerTest, OtherMethodsAre405) {
  const Site site;
  for (const std::string method : {"POST", "PUT", "DELETE", "TRACE", "PRI", "BREW"}) {
    const HttpResponse response = site.Ask(method + " /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.headers.at("allow"), "GET, HEAD, OPTIONS") << method;
  }
}

TEST(HttpServerTest, AConnectionServesManyRequests) {
  const Site site;
  Client client = site.Dial();
  for (int i = 0; i < 100; ++i) {
    client.Send(Get(i % 2 == 0 ? "/hello" : "/nothing"));
    EXPECT_EQ(client.ReadResponse().status, i % 2 == 0 ? 200 : 404);
  }
}

TEST(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  const Site site;
  Client client = site.Dial();
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += Get("/hello") + Get("/down");
  client.Send(requests);
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(client.ReadResponse().body, "hello\n");
    ASSERT_EQ(client.ReadResponse().body, "down\n");
  }
}

TEST(HttpServerTest, WhoAsksForTheEndGetsIt) {
  const Site site;
  for (const std::string& request :
       {Get("/hello", "Connection: close\r\n"), std::string("GET /hello HTTP/1.0\r\n\r\n")}) {
    Client client = site.Dial();
    client.Send(request);
    const HttpResponse response = client.ReadResponse();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.at("connection"), "close");
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  }
}

TEST(HttpServerTest, ARequestInPiecesIsTakenTogether) {
  const Site site;
  Client client = site.Dial();
  for (const char c : Get("/hello")) client.Send({&c, 1});
  EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST(HttpServerTest, GarbageIs400AndTheEnd) {
  const Site site;
  const std::vector<std::string> garbage = {
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),  // a TLS handshake
      std::string(100, '\0'),
      "GET /hello\r\n\r\n",
      "GET /hello HTTP/9.9\r\nHost: x\r\n\r\n",
      "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /hello HTTP/1.1\r\nno colon\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
      "GET /hello HTTP/1.1\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n",
      "\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
      Get("/hello", "Content-Length: 5\r\n") + "body!",
      Get("/hello", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  };
  for (const std::string& bytes : garbage) {
    Client client = site.Dial();
    client.Send(bytes);
    EXPECT_EQ(client.ReadResponse().status, 400) << bytes;
    EXPECT_EQ(client.DrainToEnd(), Client::Ending::kEndOfFile) << bytes;
  }
  EXPECT_EQ(site.Ask(Get("/hello")).status, 200);
}

TEST(HttpServerTest, AHugeHeaderIs431AndAHugeTarget414) {
  const Site site;
  const std::string filler(HttpServer::kMaxHeaderBytes, 'x');
  for (const auto& [request, status] :
       {std::pair(Get("/hello", "X: " + filler + "\r\n"), 431), std::pair("GET /" + filler, 414),
        std::pair("GET /" + std::string(2 * HttpServer::kMaxHeaderBytes, 'x'), 414)}) {
    Client client = site.Dial();
    client.Send(request);
    EXPECT_EQ(client.ReadResponse().status, status);
  }
}

TEST(HttpServerTest, AnEndlessHeaderIsNotReadOn) {
  const Site site;
  Client client = site.Dial();
  client.Send("GET /hello HTTP/1.1\r\n");
  const std::string line = "X: " + std::string(4096, 'x') + "\r\n";
  size_t sent = 0;
  // Sends until the server answers. The server discards the rest and closes the connection.
  while (!client.HasInput() && sent < (64 << 20)) sent += client.SendSome(line);
  EXPECT_EQ(client.ReadResponse().status, 431);
}

TEST(HttpServerTest, WhoNeverEndsItsRequestIsCut) {
  const Site site({.listen = "127.0.0.1:0", .timeout = milliseconds(50)});
  Client client = site.Dial();
  client.Send("GET /hello HT");
  EXPECT_EQ(client.DrainToEnd(), Client::Ending::kEndOfFile);
}

TEST(HttpServerTest, WhoNeverBeginsIsCut) {
  const Site site({.listen = "127.0.0.1:0", .idle_timeout = milliseconds(50)});
  Client fresh = site.Dial();
  EXPECT_EQ(fresh.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST(HttpServerTest, WhoReadsNoAnswerIsCut) {
  const Site site({.listen = "127.0.0.1:0", .timeout = milliseconds(50)});
  Client client = Client::Dial(site.server().address(), {.receive_buffer = 4096});
  client.Send(Get("/big"));
  client.WaitReadable();
  EXPECT_EQ(site.Ask(Get("/hello")).status, 200) << "others are served meanwhile";
  EXPECT_THROW(
      {
        ASSERT_TRUE(WaitUntil([&site] { return site.ticks() > 0; })) << "a second is over";
        client.ReadResponse();
      },
      std::runtime_error);
}

TEST(HttpServerTest, ManySilentConnectionsKeepNobodyOut) {
  const Site site({.listen = "127.0.0.1:0", .max_connections = 4});
  Client regular = site.Dial();
  regular.Send(Get("/hello"));
  EXPECT_EQ(regular.ReadResponse().status, 200);
  std::vector<Client> silent;
  for (int i = 0; i < 50; ++i) {
    silent.push_back(site.Dial());
    // A connection that sends a request now and then is kept.
    regular.Send(Get("/hello"));
    ASSERT_EQ(regular.ReadResponse().status, 200) << i;
  }
  EXPECT_EQ(silent.front().ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(site.Ask(Get("/hello")).status, 200);
}

TEST(HttpServerTest, WhoLeavesInTheMiddleHarmsNobody) {
  const Site site;
  for (int i = 0; i < 100; ++i) {
    Client client = site.Dial();
    client.Send(i % 2 == 0 ? Get("/big") : "GET /he");
    i % 3 == 0 ? client.Reset() : client.Close();
  }
  EXPECT_EQ(site.Ask(Get("/hello")).status, 200);
}

TEST(HttpServerTest, EndsWithConnectionsInEveryState) {
  std::vector<Client> clients;
  {
    const Site site;
    for (const std::string& begun :
         {std::string(), std::string("GET"), Get("/big"), std::string("\r\r\r\r")}) {
      clients.push_back(Client::Dial(site.server().address(), {.receive_buffer = 4096}));
      clients.back().Send(begun);
    }
    EXPECT_EQ(site.Ask(Get("/hello")).status, 200);
  }
  for (Client& client : clients) client.DrainToEnd();
}

TEST(HttpServerTest, TicksEachSecond) {
  const Site site;
  EXPECT_TRUE(WaitUntil([&site] { return site.ticks() >= 2; }));
}

TEST(HttpServerTest, AnAddressThatCannotBeHadIsNamed) {
  const Site site;
  try {
    const Site second({.listen = site.server().address()});
    FAIL() << "two servers share " << site.server().address();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), "listen on " + site.server().address() + ": Address already in use");
  }
}

TEST(HttpServerTest, ListensOnIpv6) {
  try {
    const Site site({.listen = "[::1]:0"});
    EXPECT_THAT(site.server().address(), ::testing::StartsWith("[::1]:"));
    EXPECT_EQ(site.Ask(Get("/hello")).status, 200);
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("Cannot assign requested address"))
        << "no ::1, at the worst";
  }
}

}  // namespace
}  // namespace drawbridge
