// The opening handshake (RFC 6455, section 4.2): the fields that are read from a request, and the bytes of
// the answers.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/connections/connection_info.h"
#include "gateway/listener/handshake.h"
#include "gateway/listener/http_answer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/listener/handshake_request.h"

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(HandshakeTest, SubprotocolsAreOfferedInTheirOrder) {
  const std::string line = "Sec-WebSocket-Protocol: ";
  EXPECT_THAT(Feed(Request({line + "chat"})).request.subprotocols, ElementsAre("chat"));
  EXPECT_THAT(Feed(Request({line + "v2.chat,chat\r\n" + line + "mqtt"})).request.subprotocols,
              ElementsAre("v2.chat", "chat", "mqtt"));
  EXPECT_THAT(Feed(Request({line})).request.subprotocols, IsEmpty()) << "tcllib's client sends an empty one";
}

TEST(HandshakeTest, ExtensionsOfAllLinesAreOffered) {
  const std::string line = "Sec-WebSocket-Extensions: ";
  const auto offered = Feed(Request({line + "a; b\r\n" + line + "c=, d"}));
  EXPECT_EQ(offered.status, 400);
  EXPECT_EQ(Feed(Request({line + "a; b=1\r\n" + line + "c, a"})).request.extensions,
            (std::vector<Extension>{{"a", {{"b", "1"}}}, {"c"}, {"a"}}));
}

TEST(HandshakeTest, QueryAndLinesAreReadForTokensAlone) {
  std::string request = Request({"GET /chat?t=secret&x HTTP/1.1", "X-Name: one\r\nx-name:  two "});
  RequestReader reader;
  const auto verdict = reader.Feed(request);
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(std::get<UpgradeRequest>(*verdict).path, "/chat");
  EXPECT_EQ(reader.query(), "t=secret&x");
  EXPECT_THAT(reader.Lines("X-NAME"), ElementsAre("one", "two"));
  EXPECT_THAT(reader.Lines("Absent"), IsEmpty());
}

TEST(HandshakeTest, WhatIsKeptOfARequestIsUtf8OfBoundedLength) {
  const Answered long_one =
      Feed(Request({"User-Agent: " + std::string(2000, 'u'), "Origin: " + std::string(2000, 'o'),
                    "GET /" + std::string(2000, 'p') + " HTTP/1.1"}));
  EXPECT_EQ(long_one.request.user_agent, std::string(kMaxKeptText, 'u'));
  EXPECT_EQ(long_one.request.origin, std::string(kMaxKeptText, 'o'));
  EXPECT_EQ(long_one.request.path.size(), kMaxKeptText);
  EXPECT_EQ(Feed(Request({"User-Agent: \xe2\x82\xac"})).request.user_agent, "\xe2\x82\xac");
  EXPECT_EQ(Feed(Request({"User-Agent: a\xff z"})).request.user_agent, "a? z");
}

TEST(HandshakeTest, WhatIsCutIsSaid) {
  EXPECT_EQ(Feed(Request({"GET /" + std::string(kMaxKeptText - 1, 'p') + " HTTP/1.1"})).request.cut_texts, 0);
  EXPECT_EQ(Feed(Request({"GET /" + std::string(kMaxKeptText, 'p') + "?query HTTP/1.1"})).request.cut_texts,
            kCutPath);
  EXPECT_EQ(Feed(Request({"User-Agent: " + std::string(kMaxKeptText + 1, 'u'),
                          "Origin: " + std::string(kMaxKeptText + 1, 'o')}))
                .request.cut_texts,
            kCutUserAgent | kCutOrigin);
}

// Regression test: a cut inside a character turned all non-ASCII characters into question marks.
TEST(HandshakeTest, ATextIsCutBetweenTwoCharacters) {
  const std::string letters(kMaxKeptText - 3, 'u');
  const Answered answered = Feed(Request({"User-Agent: \u00fc" + letters + "\u20ac"}));
  EXPECT_EQ(answered.request.user_agent, "\u00fc" + letters) << "of the last letter one byte would fit";
  EXPECT_EQ(answered.request.cut_texts, kCutUserAgent);
  EXPECT_EQ(Feed(Request({"User-Agent: \u00fc\xff\u20ac\xe2\x82"})).request.user_agent, "\u00fc?\u20ac??");
}

// RFC 9112, section 3.2.2: the Host header is ignored if the target has a host.
TEST(HandshakeTest, AnHttpUriTellsThePathAndTheHost) {
  for (const auto& [target, path] :
       {std::pair("http://Gateway.example:80/a/b?c", "/a/b"), std::pair("HTTPS://Gateway.example:80", "/"),
        std::pair("http://Gateway.example:80?c", "/")}) {
    const Answered answered = Feed(Request({"GET " + std::string(target) + " HTTP/1.1"}));
    EXPECT_EQ(answered.request.path, path) << target;
    EXPECT_EQ(answered.request.host, "Gateway.example:80") << target;
  }
}

TEST(HandshakeTest, ThePathIsWithoutItsQuery) {
  EXPECT_EQ(Feed(Request({"GET /a/b?c=/d HTTP/1.1"})).request.path, "/a/b");
  EXPECT_EQ(Feed(Request({"GET /? HTTP/1.1"})).request.path, "/");
}

TEST(HandshakeTest, A426SaysWhichVersionIsSpoken) {
  for (const std::string& bytes :
       {Request({"Sec-WebSocket-Version: 8"}), Lines({"GET /x HTTP/1.1", "Host: a"})}) {
    EXPECT_THAT(Feed(bytes).headers, HasSubstr("Sec-WebSocket-Version: 13\r\n"));
    EXPECT_THAT(Feed(bytes).headers, HasSubstr("Upgrade: websocket\r\n"));
  }
  EXPECT_EQ(Feed(Lines({"POST / HTTP/1.1", "Host: a"})).headers, "Allow: GET, HEAD\r\n");
}

constexpr WallTime kNow(std::chrono::seconds(784'111'777));

TEST(HandshakeTest, SwitchesProtocols) {
  Agreement agreement{.accept = "accept=", .connection_id = "the-id"};
  EXPECT_EQ(
      SwitchingProtocols(agreement, kNow),
      "HTTP/1.1 101 Switching Protocols\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Accept: accept=\r\nX-Connection-Id: the-id\r\n\r\n");
  agreement.extensions = "an-extension; x=1";
  EXPECT_THAT(SwitchingProtocols(agreement, kNow),
              HasSubstr("\r\nSec-WebSocket-Extensions: an-extension; x=1\r\n"));
  agreement.subprotocol = "chat";
  EXPECT_THAT(SwitchingProtocols(agreement, kNow), HasSubstr("\r\nSec-WebSocket-Protocol: chat\r\n"));
}

TEST(HandshakeTest, SerializesAnAnswer) {
  const HttpAnswer answer{503, "try again", "Retry-After: 5\r\n"};
  const std::string bytes = Serialize(answer, kNow);
  EXPECT_THAT(bytes, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nRetry-After: 5\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nContent-Length: 10\r\n"));
  EXPECT_TRUE(bytes.ends_with("\r\n\r\ntry again\n"));
  EXPECT_EQ(Serialize(answer, kNow, true), bytes.substr(0, bytes.size() - 10))
      << "of the same length, by its word";
}

// RFC 9110, section 7.8: Upgrade is a hop-by-hop header, so Connection must list it.
TEST(HandshakeTest, ConnectionNamesTheUpgradeOfA426) {
  EXPECT_THAT(Serialize(UpgradeRequired("why"), kNow), HasSubstr("\r\nConnection: Upgrade, close\r\n"));
}

}  // namespace
}  // namespace drawbridge
