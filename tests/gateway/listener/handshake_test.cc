// The opening handshake (RFC 6455, section 4.2): which requests are accepted, the status of each refusal, the
// limits, and that it does not matter in which pieces a request arrives.
#include "gateway/listener/handshake.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/listener/http_answer.h"
#include "gateway/listener/request_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/listener/handshake_request.h"

namespace drawbridge {
namespace {

using ::testing::IsEmpty;

TEST(HandshakeTest, LetsAGoodRequestIn) {
  const Answered answered = Feed(Request());
  ASSERT_EQ(answered.status, kUpgrade);
  EXPECT_EQ(answered.request.path, "/chat");
  EXPECT_EQ(answered.request.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") << "the example of section 1.3";
  EXPECT_EQ(answered.request.origin, "https://example.com");
  EXPECT_EQ(answered.request.user_agent, "test/1");
  EXPECT_THAT(answered.request.subprotocols, IsEmpty());
  EXPECT_EQ(answered.rest, "");
}

struct Case {
  const char* name;
  std::string bytes;
  int status;
};

std::vector<Case> Cases() {
  const std::string key = "Sec-WebSocket-Key: ";
  return {
      {"any path", Request({"GET /a/b%20c?d=e HTTP/1.1"}), kUpgrade},
      {"the root", Request({"GET / HTTP/1.1"}), kUpgrade},
      {"no origin", Request({"Origin: -", "User-Agent: -"}), kUpgrade},
      {"lower case",
       Lines({"GET / HTTP/1.1", "host: a", "upgrade: WEBSOCKET", "connection: UPGRADE",
              "sec-websocket-version: 13", std::string("sec-websocket-key: ") + kKey}),
       kUpgrade},
      {"upper case",
       Lines({"GET / HTTP/1.1", "HOST: a", "UPGRADE: websocket", "CONNECTION: upgrade",
              "SEC-WEBSOCKET-VERSION: 13", std::string("SEC-WEBSOCKET-KEY: ") + kKey}),
       kUpgrade},
      {"Firefox's Connection", Request({"Connection: keep-alive, Upgrade"}), kUpgrade},
      {"several upgrades", Request({"Upgrade: h2c, websocket"}), kUpgrade},
      {"spaces around values", Request({"Upgrade:   websocket  ", "Sec-WebSocket-Version:13"}), kUpgrade},
      {"an HTTP URI as target", Request({"GET http://example.com/chat HTTP/1.1"}), kUpgrade},
      {"Connection over two lines", Request({"Connection: keep-alive", "X: y\r\nConnection: Upgrade"}),
       kUpgrade},
      {"Upgrade over two lines", Request({"Upgrade: h2c", "X: y\r\nUpgrade: websocket"}), kUpgrade},
      {"a length of nothing", Request({"Content-Length: 0"}), kUpgrade},

      {"page at the root", Lines({"GET / HTTP/1.1", "Host: a"}), 200},
      {"page at the root with a query", Lines({"GET /?x HTTP/1.1", "Host: a"}), 200},
      {"page elsewhere", Lines({"GET /x HTTP/1.1", "Host: a"}), 426},
      {"another protocol", Request({"Upgrade: h2c"}), 426},
      {"a word that begins like it", Request({"Upgrade: websockets"}), 426},
      {"version 8", Request({"Sec-WebSocket-Version: 8"}), 426},
      {"version 0", Request({"Sec-WebSocket-Version: 0"}), 426},
      {"no version", Request({"Sec-WebSocket-Version: -"}), 426},
      {"versions in a list", Request({"Sec-WebSocket-Version: 8, 13"}), 426},

      {"POST", Lines({"POST / HTTP/1.1", "Host: a"}), 405},
      {"HEAD", Lines({"HEAD / HTTP/1.1", "Host: a"}), 200},
      {"HEAD elsewhere", Lines({"HEAD /x HTTP/1.1", "Host: a"}), 426},
      {"HEAD with an upgrade", "HEAD" + Request().substr(3), 426},
      {"a method of their own", Lines({"BREW / HTTP/1.1", "Host: a"}), 405},
      {"lower case method", Lines({"get / HTTP/1.1", "Host: a"}), 405},

      {"HTTP/1.0", Request({"GET / HTTP/1.0"}), 426},
      {"a page by HTTP/1.0", Lines({"GET / HTTP/1.0"}), 200},
      {"a product version beside it", Request({"Upgrade: HTTP/2.0, websocket"}), kUpgrade},
      {"a fragment", Request({"GET /a#b HTTP/1.1"}), 400},
      {"a byte over 0x7f in the target", Request({"GET /\xc3\xa9 HTTP/1.1"}), 400},
      {"a host with a space", Request({"Host: a b"}), 400},
      {"a host with a user", Request({"Host: user@a"}), 400},
      {"a host that is no address", Request({"Host: [::1"}), 400},
      {"a host whose port is no number", Request({"Host: a:port"}), 400},
      {"a subprotocol that is no token", Request({"Sec-WebSocket-Protocol: a b"}), 400},
      {"HTTP/2.0", Request({"GET / HTTP/2.0"}), 400},
      {"no version of HTTP", Request({"GET /"}), 400},
      {"a target without a slash", Request({"GET chat HTTP/1.1"}), 400},
      {"any resource", Request({"GET * HTTP/1.1"}), 400},
      {"a URI without a host", Request({"GET http:///chat HTTP/1.1"}), 400},
      {"a URI of another scheme", Request({"GET ftp://example.com/ HTTP/1.1"}), 400},
      {"two versions", Request({"X: y\r\nSec-WebSocket-Version: 13"}), 400},
      {"no host", Request({"Host: -"}), 400},
      {"two hosts", Request().insert(20, "Host: other\r\n"), 400},
      {"no connection", Request({"Connection: -"}), 400},
      {"another connection", Request({"Connection: keep-alive"}), 400},
      {"a body", Request({"Content-Length: 5"}), 400},
      {"a chunked body", Request({"Transfer-Encoding: chunked"}), 400},
      {"a bad length", Request({"Content-Length: x"}), 400},
      {"no key", Request({"Sec-WebSocket-Key: -"}), 400},
      {"empty key", Request({key}), 400},
      {"short key", Request({key + "dGhlIHNhbXBsZSBub25jZ==="}), 400},
      {"key of 15 bytes", Request({key + "dGhlIHNhbXBsZSBub25j"}), 400},
      {"key of 17 bytes", Request({key + "dGhlIHNhbXBsZSBub25jZSE="}), 400},
      {"key not in base 64", Request({key + "dGhlIHNhbXBsZSBub25j!Q=="}), 400},
      {"key for URLs", Request({key + "dGhlIHNhbXBsZSBub25j-_=="}), 400},
      {"key with a space", Request({key + "dGhlIHNhbXBsZSB ub25jQ=="}), 400},
      {"an extension", Request({"Sec-WebSocket-Extensions: permessage-deflate; x=\"y\", z"}), kUpgrade},
      {"extensions of nothing", Request({"Sec-WebSocket-Extensions: "}), kUpgrade},
      {"malformed extensions", Request({"Sec-WebSocket-Extensions: permessage-deflate;"}), 400},
      {"two keys", Request({std::string("X: y\r\n") + key + kKey}), 400},
      {"a header without a colon", Request({"Nonsense"}), 400},
      {"a space before the colon", Request({"Bad : x"}), 400},
      {"a control character", Request({"Bad: \x01"}), 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
      {"a WebSocket frame", "\x81\x85mask.....", 400},
      {"an empty line first", "\r\n" + Request(), kUpgrade},
      {"two empty lines first", "\r\n\r\n" + Request(), 400},
      {"a carriage return first", "\r" + Request(), 400},
  };
}

TEST(HandshakeTest, EveryRequestHasItsStatus) {
  for (const Case& each : Cases()) EXPECT_EQ(Feed(each.bytes).status, each.status) << each.name;
}

TEST(HandshakeTest, EveryAnswerIsOneLineOfText) {
  for (const Case& each : Cases()) {
    const Answered answered = Feed(each.bytes);
    if (answered.status == kUpgrade) continue;
    EXPECT_FALSE(answered.text.empty()) << each.name;
    EXPECT_EQ(answered.text.find_first_of("\r\n"), std::string::npos) << each.name;
  }
}

TEST(HandshakeTest, PiecesMakeNoDifference) {
  for (const Case& each : Cases()) {
    const std::string bytes = each.bytes + "what the client sent behind it";
    const Answered whole = Feed(bytes);
    for (const size_t chunk : {1, 2, 3, 7, 64}) {
      const Answered pieces = Feed(bytes, chunk);
      EXPECT_EQ(pieces.status, whole.status) << each.name << " in pieces of " << chunk;
      EXPECT_EQ(pieces.text, whole.text) << each.name;
      EXPECT_EQ(pieces.headers, whole.headers) << each.name;
      EXPECT_EQ(pieces.request.accept, whole.request.accept) << each.name;
      EXPECT_EQ(pieces.request.path, whole.request.path) << each.name;
      if (whole.status == kUpgrade) {
        EXPECT_EQ(pieces.rest, whole.rest) << each.name;
      }
    }
  }
}

TEST(HandshakeTest, NothingIsSaidBeforeTheRequestIsComplete) {
  const std::string bytes = Request();
  for (size_t size = 1; size < bytes.size(); ++size) ASSERT_EQ(Feed(bytes.substr(0, size)).status, 0) << size;
}

TEST(HandshakeTest, LeavesWhatCameBehindTheRequest) {
  const std::string frame("\x81\x85\0\0\0\0Hello\r\n\r\n", 15);
  for (const size_t chunk : {1, 10, 100, 10'000})
    EXPECT_EQ(Feed(Request() + frame, chunk).rest, frame) << chunk;
}

TEST(HandshakeTest, TheHeaderMayReachTheLimitAndNotPassIt) {
  const std::string line = "X: ";
  const size_t others = Request({line}).size();
  for (const size_t chunk : {size_t{1}, size_t{1000}, kMaxHandshakeBytes + 100}) {
    const std::string largest = Request({line + std::string(kMaxHandshakeBytes - others, 'x')});
    ASSERT_EQ(largest.size(), kMaxHandshakeBytes);
    EXPECT_EQ(Feed(largest, chunk).status, kUpgrade) << chunk;
    EXPECT_EQ(Feed(largest + "frames behind it", chunk).rest, "frames behind it") << chunk;
    EXPECT_EQ(Feed(Request({line + std::string(kMaxHandshakeBytes - others + 1, 'x')}), chunk).status, 431)
        << chunk;
  }
}

TEST(HandshakeTest, TheLimitIsAnOption) {
  const auto status = [](const std::string& bytes, size_t max_bytes) {
    RequestReader reader(max_bytes);
    std::string memory = bytes;
    const auto verdict = reader.Feed(memory);
    if (!verdict.has_value()) return 0;
    const auto* answer = std::get_if<HttpAnswer>(&*verdict);
    return answer == nullptr ? kUpgrade : answer->status;
  };
  const std::string request = Request({"X: " + std::string(40'000, 'x')});
  EXPECT_EQ(status(request, request.size()), kUpgrade);
  EXPECT_EQ(status(request, request.size() - 1), 431);
  EXPECT_EQ(status("GET /" + std::string(1024, 'x'), 1024), 414);
  EXPECT_EQ(status("GET /" + std::string(1000, 'x'), 1024), 0);
}

// An endless part of a request is refused once it exceeds the limit, whichever part it is.
TEST(HandshakeTest, HeaderBombsAreRefusedInTime) {
  const std::string endless(4 * kMaxHandshakeBytes, 'a');
  std::string many = "GET / HTTP/1.1\r\n";
  while (many.size() < endless.size()) many += "a: b\r\n";
  for (const auto& [bomb, status] :
       {std::pair("GET /" + endless, 414), std::pair("\r\nGET /" + endless, 414), std::pair(endless, 400),
        std::pair("GET / HTTP/1.1\r\n" + endless, 431),
        std::pair("\r\nGET / HTTP/1.1\r\nName: " + endless, 431), std::pair(many, 431)}) {
    for (const size_t chunk : {size_t{1}, size_t{100}, bomb.size()}) {
      EXPECT_EQ(Feed(bomb, chunk).status, status) << bomb.substr(0, 30) << " in pieces of " << chunk;
      EXPECT_EQ(Feed(bomb.substr(0, kMaxHandshakeBytes + 1), chunk).status, status) << bomb.substr(0, 30);
    }
  }
}

TEST(HandshakeTest, KnowsHeadHoweverFarItGot) {
  const auto is_head = [](std::string_view bytes, size_t chunk) {
    RequestReader reader;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(chunk, bytes.size()))) {
      std::string piece(bytes.substr(0, chunk));
      if (reader.Feed(piece).has_value()) break;
    }
    return reader.is_head();
  };
  for (const size_t chunk : {1, 3, 100'000}) {
    for (const std::string& head :
         {Lines({"HEAD / HTTP/1.1", "Host: a"}), std::string("HEAD "),
          "\r\nHEAD /" + std::string(99'999, 'a'), std::string("HEAD / HTTP/9.9\r\n\r\n"),
          "HEAD / HTTP/1.1\r\na: " + std::string(99'999, 'a')}) {
      EXPECT_TRUE(is_head(head, chunk)) << head.substr(0, 30) << " in pieces of " << chunk;
    }
    for (const std::string& other :
         {Request(), Request({"HEAD : /"}), std::string("HEADS / HTTP/1.1\r\n\r\n"),
          std::string("\r\n\r\nHEAD / HTTP/1.1\r\n\r\n")}) {
      EXPECT_FALSE(is_head(other, chunk)) << other.substr(0, 30) << " in pieces of " << chunk;
    }
  }
}

}  // namespace
}  // namespace drawbridge
