// Section 4.2: which requests are upgraded, and how all others are answered.
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

constexpr char kKeyLine[] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

Response WantsHost() { return Refuses(400, "exactly one Host header is required"); }
Response WantsGoodHost() {
  return Refuses(400, "the Host header is not a host name or an IP address, with or without a port");
}
Response WantsGoodUpgrade() { return Refuses(400, "malformed Upgrade header"); }
Response WantsConnection() { return Refuses(400, "Upgrade without Connection: Upgrade"); }
Response WantsKey() { return Refuses(400, "Sec-WebSocket-Key is not 16 bytes in base 64"); }
Response WantsNoBody() { return Refuses(400, "a GET request with a body is not served"); }
Response WantsTarget() {
  return Refuses(400, "the target is neither a path nor an HTTP URI of ASCII characters, without #");
}
Response WantsGet(const std::string& method) {
  return Refuses(405, "method " + method + " not allowed: use GET", "Allow: GET, HEAD\r\n");
}
Response UpgradeRequired(const std::string& text) {
  return Refuses(426, text, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
}
Response WantsHttp11() { return UpgradeRequired("WebSocket requires HTTP/1.1: this request uses HTTP/1.0"); }
Response IsPage() {
  return Refuses(200, "Drawbridge 0.1.0, a WebSocket gateway: connect with a WebSocket client");
}
Response WantsUpgrade() { return UpgradeRequired("this is a WebSocket endpoint: upgrade required"); }
Response WantsVersion13(const std::string& version) {
  return UpgradeRequired("Sec-WebSocket-Version is \"" + version + "\": 13 is required");
}

// Point 1: a GET request of HTTP/1.1 or higher, with a target.
Group RequestLine() {
  return {
      .section = "Section4_2_1_Request",
      .requests = {
          {"TheExampleOfSection1_2", Request({"Origin: http://gateway.example"}), Switches()},
          {"Root", Request({"GET / HTTP/1.1"}), Switches()},
          {"Query", Request({"GET /chat?a=b&c=d HTTP/1.1"}), Switches()},
          {"QueryWithoutPath", Request({"GET /?a HTTP/1.1"}), Switches()},
          {"EscapedPath", Request({"GET /a%20b/%e2%82%ac HTTP/1.1"}), Switches()},
          {"DoubleSlash", Request({"GET //chat HTTP/1.1"}), Switches()},
          {"LongPath", Request({"GET /" + std::string(8000, 'p') + " HTTP/1.1"}), Switches()},
          {"HttpUri", Request({"GET http://gateway.example/chat HTTP/1.1"}), Switches()},
          {"HttpsUri", Request({"GET https://gateway.example/chat HTTP/1.1"}), Switches()},
          {"HttpUriInUpperCase", Request({"GET HTTP://GATEWAY.EXAMPLE/chat HTTP/1.1"}), Switches()},
          {"HttpUriWithPort", Request({"GET http://gateway.example:8080/chat HTTP/1.1"}), Switches()},
          {"HttpUriWithoutPath", Request({"GET http://gateway.example HTTP/1.1"}), Switches()},
          {"HttpUriWithoutHost", Request({"GET http:///chat HTTP/1.1"}), WantsTarget()},
          {"HttpUriWithAUser", Request({"GET http://user@gateway.example/ HTTP/1.1"}), WantsTarget()},
          {"HttpUriWithABadPort", Request({"GET http://gateway.example:port/ HTTP/1.1"}), WantsTarget()},
          {"Fragment", Request({"GET /chat#top HTTP/1.1"}), WantsTarget()},
          {"FragmentOfAQuery", Request({"GET /chat?a#top HTTP/1.1"}), WantsTarget()},
          {"FragmentOfAUri", Request({"GET http://gateway.example#top HTTP/1.1"}), WantsTarget()},
          {"EscapedNumberSign", Request({"GET /chat%23top HTTP/1.1"}), Switches()},
          {"RawUtf8InTheTarget", Request({"GET /caf\xc3\xa9 HTTP/1.1"}), WantsTarget()},
          {"RawUtf8InTheQuery", Request({"GET /?caf\xc3\xa9 HTTP/1.1"}), WantsTarget()},
          {"RawLatin1InTheTarget", Request({"GET /caf\xe9 HTTP/1.1"}), WantsTarget()},
          {"CharactersThatBrowsersDoNotEscape", Request({"GET /a|b[c]?{d}^`|\\ HTTP/1.1"}), Switches()},
          {"UriOfAnotherScheme", Request({"GET ftp://gateway.example/chat HTTP/1.1"}), WantsTarget()},
          {"Asterisk", Request({"GET * HTTP/1.1"}), WantsTarget()},
          {"AuthorityAsTarget", Request({"GET gateway.example:80 HTTP/1.1"}), WantsTarget()},
          {"RelativePath", Request({"GET chat HTTP/1.1"}), WantsTarget()},
          {"NoTarget", Request({"GET HTTP/1.1"}), RefusesAsMalformed()},
          {"NoVersionOfHttp", Request({"GET /chat"}), RefusesAsMalformed()},
          {"Http09", "GET /chat\r\n\r\n", RefusesAsMalformed()},
          {"Http10", Request({"GET /chat HTTP/1.0"}), WantsHttp11()},
          {"Http12", Request({"GET /chat HTTP/1.2"}), RefusesAsMalformed()},
          {"Http20", Request({"GET /chat HTTP/2.0"}), RefusesAsMalformed()},
          {"Http111", Request({"GET /chat HTTP/1.11"}), RefusesAsMalformed()},
          {"HttpInLowerCase", Request({"GET /chat http/1.1"}), RefusesAsMalformed()},
          {"TwoSpacesInTheRequestLine", Request({"GET  /chat HTTP/1.1"}), RefusesAsMalformed()},
          {"SpaceInTheTarget", Request({"GET /a b HTTP/1.1"}), RefusesAsMalformed()},
          {"ControlCharacterInTheTarget", Request({"GET /a\x01 HTTP/1.1"}), RefusesAsMalformed()},
          {"Post", "POST /chat HTTP/1.1" + Request().substr(18), WantsGet("POST")},
          {"Head", "HEAD /chat HTTP/1.1" + Request().substr(18), ToHead(WantsUpgrade())},
          {"HeadOfThePage", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", ToHead(IsPage())},
          {"HeadOfThePageByHttp10", "HEAD / HTTP/1.0\r\n\r\n", ToHead(IsPage())},
          {"HeadWithoutHost", "HEAD / HTTP/1.1\r\n\r\n", ToHead(WantsHost())},
          {"HeadWithABadTarget", "HEAD x HTTP/1.1\r\nHost: a\r\n\r\n", ToHead(WantsTarget())},
          {"PageByHttp10", "GET / HTTP/1.0\r\n\r\n", IsPage()},
          {"PageElsewhereByHttp10", "GET /chat HTTP/1.0\r\n\r\n", WantsUpgrade()},
          {"Put", "PUT /chat HTTP/1.1" + Request().substr(18), WantsGet("PUT")},
          {"Options", "OPTIONS * HTTP/1.1" + Request().substr(18), WantsGet("OPTIONS")},
          {"Connect", "CONNECT gateway.example:80 HTTP/1.1" + Request().substr(18), WantsGet("CONNECT")},
          {"MethodOfTheirOwn", "BREW /chat HTTP/1.1" + Request().substr(18), WantsGet("BREW")},
          {"MethodInLowerCase", "get /chat HTTP/1.1" + Request().substr(18), WantsGet("get")},
          {"NoMethod", "/chat HTTP/1.1" + Request().substr(18), RefusesAsMalformed()},
          {"ContentLengthOf0", Request({"Content-Length: 0"}), Switches()},
          {"Body", Request({"Content-Length: 5"}) + "Hello", WantsNoBody()},
          {"ChunkedBody", Request({"Transfer-Encoding: chunked"}) + "0\r\n\r\n", WantsNoBody()},
          {"BadContentLength", Request({"Content-Length: many"}), RefusesAsMalformed()},
          {"TwoContentLengths", Request({"Content-Length: 0", "content-length: 5"}), RefusesAsMalformed()},
      }};
}

// Point 2.
Group Host() {
  return {.section = "Section4_2_1_Host",
          .requests = {
              {"None", Request({"Host:"}), WantsHost()},
              {"WithPort", Request({"Host: gateway.example:8080"}), Switches()},
              {"OfIpv6", Request({"Host: [::1]:8080"}), Switches()},
              {"InLowerCase", Request({"Host:", "host: gateway.example"}), Switches()},
              {"Two", Request({"X: y\r\nHost: gateway.example"}), WantsHost()},
              {"TwoThatDiffer", Request({"X: y\r\nHost: other.example"}), WantsHost()},
              {"Empty", Request({"Host: "}), Switches()},
              {"OfIpv4", Request({"Host: 192.0.2.1:8080"}), Switches()},
              {"OfIpv6WithoutPort", Request({"Host: [2001:db8::1]"}), Switches()},
              {"WithAnEmptyPort", Request({"Host: gateway.example:"}), Switches()},
              {"WithTheLargestPort", Request({"Host: gateway.example:65535"}), Switches()},
              {"WithAnUnderscore", Request({"Host: my_gateway"}), Switches()},
              {"WithAnEscape", Request({"Host: gateway%2Eexample"}), Switches()},
              {"WithATooLargePort", Request({"Host: gateway.example:65536"}), WantsGoodHost()},
              {"WithAPortThatIsNoNumber", Request({"Host: a:port"}), WantsGoodHost()},
              {"WithANegativePort", Request({"Host: a:-1"}), WantsGoodHost()},
              {"WithTwoPorts", Request({"Host: a:1:2"}), WantsGoodHost()},
              {"WithoutANameBeforeThePort", Request({"Host: :8080"}), WantsGoodHost()},
              {"WithASpace", Request({"Host: a b"}), WantsGoodHost()},
              {"WithAUser", Request({"Host: user@a"}), WantsGoodHost()},
              {"WithAPath", Request({"Host: a/b"}), WantsGoodHost()},
              {"WithABrokenEscape", Request({"Host: a%2"}), WantsGoodHost()},
              {"NotAscii", Request({"Host: caf\xc3\xa9"}), WantsGoodHost()},
              {"OfIpv6WithoutItsEnd", Request({"Host: [::1"}), WantsGoodHost()},
              {"OfIpv6WithoutBrackets", Request({"Host: ::1"}), WantsGoodHost()},
              {"OfIpv6WithAZone", Request({"Host: [fe80::1%25eth0]"}), WantsGoodHost()},
              {"OfIpv6WithMoreBehindIt", Request({"Host: [::1]a"}), WantsGoodHost()},
              {"OfNothingInBrackets", Request({"Host: []"}), WantsGoodHost()},
          }};
}

// Points 3 and 4.
Group UpgradeAndConnection() {
  return {.section = "Section4_2_1_Upgrade",
          .requests = {
              {"None", Request({"Upgrade:"}), WantsUpgrade()},
              {"AnotherProtocol", Request({"Upgrade: h2c"}), WantsUpgrade()},
              {"AWordThatBeginsLikeIt", Request({"Upgrade: websockets"}), WantsUpgrade()},
              {"AWordThatEndsLikeIt", Request({"Upgrade: mywebsocket"}), WantsUpgrade()},
              {"InUpperCase", Request({"Upgrade: WEBSOCKET"}), Switches()},
              {"InMixedCase", Request({"Upgrade: WebSocket"}), Switches()},
              {"InAList", Request({"Upgrade: h2c, websocket"}), Switches()},
              {"FirstInAList", Request({"Upgrade: websocket, h2c"}), Switches()},
              {"InAListOfTwoLines", Request({"Upgrade: h2c", "upgrade: websocket"}), Switches()},
              {"InAListOfVersions", Request({"Upgrade: HTTP/2.0, websocket"}), Switches()},
              {"BeforeAVersion", Request({"Upgrade: websocket, HTTP/3.0"}), Switches()},
              {"WithAVersion", Request({"Upgrade: websocket/13"}), WantsUpgrade()},
              {"WithoutAVersionBehindTheSlash", Request({"Upgrade: HTTP/, websocket"}), WantsGoodUpgrade()},
              {"WithASpaceInside", Request({"Upgrade: web socket, websocket"}), WantsGoodUpgrade()},
              {"InQuotes", Request({"Upgrade: \"websocket\""}), WantsGoodUpgrade()},
              {"InAListWithEmptyElements", Request({"Upgrade: , websocket,"}), Switches()},
              {"WithSpacesAround", Request({"Upgrade:   websocket \t "}), Switches()},
              {"WithoutSpace", Request({"Upgrade:", "upgrade:websocket"}), Switches()},
              {"NameInUpperCase", Request({"Upgrade:", "UPGRADE: websocket"}), Switches()},
              {"NoConnection", Request({"Connection:"}), WantsConnection()},
              {"ConnectionOfAnotherKind", Request({"Connection: keep-alive"}), WantsConnection()},
              {"ConnectionClose", Request({"Connection: close"}), WantsConnection()},
              {"ConnectionThatBeginsLikeIt", Request({"Connection: Upgraded"}), WantsConnection()},
              {"ConnectionInLowerCase", Request({"Connection: upgrade"}), Switches()},
              {"ConnectionInQuotes", Request({"Connection: \"Upgrade\""}), RefusesAsMalformed()},
              {"ConnectionCloseInALineOfItsOwn", Request({"Connection: close", "connection: Upgrade"}),
               Switches()},
              {"ConnectionInUpperCase", Request({"Connection: UPGRADE"}), Switches()},
              {"ConnectionInAList", Request({"Connection: keep-alive, Upgrade"}), Switches()},
              {"ConnectionInAListOfTwoLines", Request({"Connection: keep-alive", "connection: Upgrade"}),
               Switches()},
              {"PageAtTheRoot", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", IsPage()},
              {"PageElsewhere", "GET /chat HTTP/1.1\r\nHost: a\r\n\r\n", WantsUpgrade()},
              {"PriorKnowledgeOfHttp2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", RefusesAsMalformed()},
          }};
}

// Point 5.
Group Key() {
  const auto key = [](const std::string& value) { return Request({"Sec-WebSocket-Key: " + value}); };
  return {.section = "Section4_2_1_Key",
          .requests = {
              {"None", Request({"Sec-WebSocket-Key:"}), Refuses(400, "Sec-WebSocket-Key is missing")},
              {"Empty", key(""), WantsKey()},
              {"Of15Bytes", key("MTIzNDU2Nzg5MDEyMzQ1"), WantsKey()},
              {"Of17Bytes", key("MTIzNDU2Nzg5MDEyMzQ1Njc="), WantsKey()},
              {"Of18Bytes", key("MTIzNDU2Nzg5MDEyMzQ1Njc4"), WantsKey()},
              {"Of12Bytes", key("MTIzNDU2Nzg5MDEy"), WantsKey()},
              {"Of32Bytes", key("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="), WantsKey()},
              {"WithoutPadding", key("dGhlIHNhbXBsZSBub25jZQ"), WantsKey()},
              {"WithHalfItsPadding", key("dGhlIHNhbXBsZSBub25jZQ="), WantsKey()},
              {"WithTooMuchPadding", key("dGhlIHNhbXBsZSBub25jZ==="), WantsKey()},
              {"NotInBase64", key("dGhlIHNhbXBsZSBub25j!Q=="), WantsKey()},
              {"InBase64OfUrls", key("dGhlIHNhbXBsZSBub25j-_=="), WantsKey()},
              {"WithASpaceInside", key("dGhlIHNhbXBsZSB ub25jQ=="), WantsKey()},
              {"WithPaddingInside", key("dGhlIHNh=XBsZSBub25jZQ=="), WantsKey()},
              {"NotAscii", key("dGhlIHNhbXBsZSBub25j\xe9Q=="), WantsKey()},
              {"WithSpacesAround", key("  dGhlIHNhbXBsZSBub25jZQ== \t"), Switches()},
              {"Two", Request({std::string("X: y\r\n") + kKeyLine}), WantsKey()},
              {"TwoInOneLine", key("dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="), WantsKey()},
              {"NameInLowerCase",
               Request({"Sec-WebSocket-Key:", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="}), Switches()},
          }};
}

// Point 6, and section 4.4.
Group Version() {
  const auto version = [](const std::string& value) { return Request({"Sec-WebSocket-Version: " + value}); };
  Group group{.section = "Section4_4",
              .requests = {
                  {"NoVersion", Request({"Sec-WebSocket-Version:"}), WantsVersion13("")},
                  {"EmptyVersion", version(""), WantsVersion13("")},
                  {"VersionInAList", version("8, 13"), WantsVersion13("8, 13")},
                  {"VersionThatBeginsWith13", version("130"), WantsVersion13("130")},
                  {"VersionWithAZero", version("013"), WantsVersion13("013")},
                  {"VersionWithAFraction", version("13.0"), WantsVersion13("13.0")},
                  {"VersionThatIsNoNumber", version("latest"), WantsVersion13("latest")},
                  {"VersionWithSpacesAround", version("  13  "), Switches()},
                  {"TwoVersions", Request({"X: y\r\nSec-WebSocket-Version: 8"}),
                   Refuses(400, "more than one Sec-WebSocket-Version header")},
                  {"TwoVersionsOf13", Request({"X: y\r\nSec-WebSocket-Version: 13"}),
                   Refuses(400, "more than one Sec-WebSocket-Version header")},
              }};
  for (const char* const number : {"0", "4", "6", "7", "8", "12", "14", "25", "255", "-13"}) {
    const std::string name = std::string("Version") + (number[0] == '-' ? "Minus13" : number);
    group.requests.emplace_back(name, version(number), WantsVersion13(number));
  }
  return group;
}

}  // namespace

std::vector<Group> Groups() { return {RequestLine(), Host(), UpgradeAndConnection(), Key(), Version()}; }

}  // namespace drawbridge::conformance
