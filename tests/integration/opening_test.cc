// Which HTTP requests become a connection, and how the others are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"
#include "tests/support/client.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class OpeningTest : public ::testing::Test {
 protected:
  void Start(GatewayOptions options = {}) {
    options.io_threads = 2;
    gateway_ = std::make_unique<Gateway>(options, NodeIdentity::Draw("test-node"), &handler_, &clock_);
  }
  Client Dial(const Client::Options& options = {}) { return Client::Dial(gateway_->address(), options); }

  // Sends a request that is refused: the answer has one line of text, and then the connection ends.
  HttpResponse Refusal(const std::string& request) {
    Client client = Dial();
    client.Send(request);
    HttpResponse response = client.ReadResponse();
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
    EXPECT_THAT(response.headers["content-type"], StartsWith("text/plain"));
    EXPECT_EQ(response.body.find('\n'), response.body.size() - 1) << response.body;
    return response;
  }

  SystemClock clock_;
  EchoHandler handler_;
  std::unique_ptr<Gateway> gateway_;
};

// A valid upgrade request in which `good` is replaced by `bad`.
std::string Instead(const std::string& good, const std::string& bad) {
  std::string request =
      "GET /chat HTTP/1.1\r\n"
      "Host: gateway.example\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n"
      "\r\n";
  const size_t at = request.find(good);
  EXPECT_NE(at, std::string::npos) << good;
  return request.replace(at, good.size(), bad);
}

TEST_F(OpeningTest, UpgradesOnAnyPath) {
  Start();
  for (const char* target : {"/", "/chat", "/a/b/c?x=1", "/%20"}) {
    Client client = Dial({.target = target});
    const HttpResponse response = client.Upgrade();
    EXPECT_EQ(response.status_line, "HTTP/1.1 101 Switching Protocols");
    EXPECT_EQ(response.headers.at("upgrade"), "websocket");
    EXPECT_EQ(response.headers.at("connection"), "Upgrade");
    // The example of RFC 6455, section 1.3.
    EXPECT_EQ(response.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(response.headers.count("sec-websocket-protocol"), 0u);
    client.Echo("hello");
  }
}

TEST_F(OpeningTest, ConnectionIdIsListedWhenTheClientLearnsIt) {
  Start();
  Client client = Dial();
  const HttpResponse response = client.Upgrade();
  ASSERT_EQ(response.headers.count("x-connection-id"), 1u);
  EXPECT_THAT(client.id(), ::testing::MatchesRegex("[a-z0-9]{4}-[a-z0-9]{8}-[a-z0-9]+"));
  EXPECT_NE(gateway_->registry().Find(client.id()), nullptr);
}

TEST_F(OpeningTest, PicksTheFirstSubprotocolOffered) {
  Start();
  Client client = Dial({.headers = {"Sec-WebSocket-Protocol: chat.v2, chat.v1"}});
  EXPECT_EQ(client.Upgrade().headers.at("sec-websocket-protocol"), "chat.v2");
}

TEST_F(OpeningTest, RequestMayArriveByteByByte) {
  Start();
  Client client = Dial();
  for (const char byte : client.UpgradeRequest()) client.Send({&byte, 1});
  EXPECT_EQ(client.ReadResponse().status, 101);
  client.Echo("patience");
}

TEST_F(OpeningTest, FramesMayFollowTheRequestInTheSamePacket) {
  Start();
  Client client = Dial();
  client.Send(client.UpgradeRequest() + Encode({.payload = "one"}) + Encode({.payload = "two"}));
  EXPECT_EQ(client.ReadResponse().status, 101);
  EXPECT_EQ(client.ReadFrame().payload, "one");
  EXPECT_EQ(client.ReadFrame().payload, "two");
  client.Echo("three");
}

TEST_F(OpeningTest, AFrameMayBeCutByTheEndOfThatPacket) {
  Start();
  Client client = Dial();
  const std::string frame = Encode({.payload = "cut in two"});
  client.Send(client.UpgradeRequest() + frame.substr(0, 5));
  EXPECT_EQ(client.ReadResponse().status, 101);
  client.Send(frame.substr(5));
  EXPECT_EQ(client.ReadFrame().payload, "cut in two");
}

TEST_F(OpeningTest, CloseMayFollowTheRequestInTheSamePacket) {
  Start();
  Client client = Dial();
  client.Send(client.UpgradeRequest() + Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1000)}));
  EXPECT_EQ(client.ReadResponse().status, 101);
  EXPECT_EQ(client.ReadClose().code(), 1000);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST_F(OpeningTest, PlainGetOnTheRootTellsWhatThisIs) {
  Start();
  const HttpResponse response = Refusal("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("Drawbridge"));
  EXPECT_THAT(response.body, HasSubstr("WebSocket"));
}

TEST_F(OpeningTest, MalformedRequestsAre400) {
  Start();
  for (const std::string& request :
       {std::string("hello\r\n\r\n"), std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS\r\n\r\n", 19),
        Instead("Host: gateway.example\r\n", ""), Instead("Connection: Upgrade", "Connection: keep-alive"),
        Instead("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), Instead("Sec-WebSocket-Key", "X-Key")}) {
    EXPECT_EQ(Refusal(request).status, 400) << request;
  }
}

TEST_F(OpeningTest, OtherMethodsAre405) {
  Start();
  const HttpResponse response = Refusal(Instead("GET", "POST"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.at("allow"), "GET, HEAD");
}

TEST_F(OpeningTest, NoUpgradeAndOtherVersionsAre426AndNameTheRightOne) {
  Start();
  for (const std::string& request :
       {std::string("GET /chat HTTP/1.1\r\nHost: x\r\n\r\n"), Instead("Upgrade: websocket", "Upgrade: h2c"),
        Instead("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"),
        Instead("Sec-WebSocket-Version: 13\r\n", ""), Instead("HTTP/1.1", "HTTP/1.0")}) {
    const HttpResponse response = Refusal(request);
    EXPECT_EQ(response.status, 426) << request;
    EXPECT_EQ(response.headers.at("sec-websocket-version"), "13") << request;
  }
}

TEST_F(OpeningTest, HeadersOver16KiBAre431AndTargetsAre414) {
  Start();
  const std::string line = "X-Filler: " + std::string(990, 'f') + "\r\n";
  std::string filler;
  while (filler.size() + line.size() < 15 * 1024) filler += line;
  Client fits = Dial();
  fits.Send(Instead("\r\n\r\n", "\r\n" + filler + "\r\n"));
  EXPECT_EQ(fits.ReadResponse().status, 101);

  while (filler.size() < 17 * 1024) filler += line;
  EXPECT_EQ(Refusal(Instead("\r\n\r\n", "\r\n" + filler + "\r\n")).status, 431);
  EXPECT_EQ(Refusal(Instead("/chat", "/" + std::string(17 * 1024, 'p'))).status, 414);
}

TEST_F(OpeningTest, HeaderThatNeverEndsIs431BeforeItIsOver) {
  Start();
  EXPECT_EQ(Refusal("GET / HTTP/1.1\r\nX-Endless: " + std::string(20 * 1024, 'e')).status, 431);
}

TEST_F(OpeningTest, SlowRequestIs408) {
  GatewayOptions options;
  options.handshake_timeout = std::chrono::milliseconds(200);
  Start(options);
  EXPECT_EQ(Refusal("GET / HTTP/1.1\r\nHost: x\r\n").status, 408);
  EXPECT_EQ(Refusal("").status, 408);
}

TEST_F(OpeningTest, FullGatewayIs503UntilSomebodyLeaves) {
  GatewayOptions options;
  options.max_connections = 2;
  Start(options);
  Client first = Client::Open(gateway_->address());
  Client second = Client::Open(gateway_->address());
  const HttpResponse response = Refusal(Dial().UpgradeRequest());
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.headers.at("retry-after"), ::testing::MatchesRegex("[0-9]+"));
  first.Echo("undisturbed");
  second.SendClose(1000);
  EXPECT_EQ(second.ReadClose().code(), 1000);
  EXPECT_EQ(second.ReadEnd(), Client::Ending::kEndOfFile);
  // The client may see the end a moment before the gateway releases the place.
  EXPECT_TRUE(WaitUntil([this] { return Dial().Upgrade().status == 101; }));
}

TEST_F(OpeningTest, ClientsThatLeaveDuringTheirRequestFreeTheirPlace) {
  GatewayOptions options;
  options.max_connections = 2;
  Start(options);
  for (int i = 0; i < 10; ++i) {
    Client client = Dial();
    client.Send("GET / HT");
    i % 2 == 0 ? client.Reset() : client.Close();
  }
  EXPECT_TRUE(WaitUntil([this] { return Dial().Upgrade().status == 101; }));
}

}  // namespace
}  // namespace drawbridge
