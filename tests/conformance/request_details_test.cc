// Section 4.2.2, and the parts of HTTP that matter to it: origins, subprotocols, extensions, header lines,
// sizes, and frames that are sent with the request.
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

Group Origins() {
  const Response refused = Refuses(403, "pages of this origin may not connect");
  const auto origin = [](const std::string& value) { return Request({"Origin: " + value}); };
  return {.section = "Section10_2",
          .requests = {
              {"NoOrigin", Request(), Switches()},
              {"SameHost", origin("http://gateway.example"), Switches()},
              {"SameHostBehindTls", origin("https://gateway.example"), Switches()},
              {"SameHostOnAnotherPort", origin("http://gateway.example:8080"), Switches()},
              {"SameHostInUpperCase", origin("http://GATEWAY.EXAMPLE"), Switches()},
              {"AnotherHost", origin("http://evil.example"), refused},
              {"AHostThatBeginsLikeIt", origin("http://gateway.example.evil"), refused},
              {"AHostThatEndsLikeIt", origin("http://evilgateway.example"), refused},
              {"ASubdomain", origin("http://www.gateway.example"), refused},
              {"HostAsUser", origin("http://gateway.example@evil.example"), refused},
              {"SameHostAndASlash", origin("http://gateway.example/"), Switches()},
              {"SameHostAndAPath", origin("http://gateway.example/a"), refused},
              {"AnotherHostAndASlash", origin("http://evil.example/"), refused},
              {"Null", origin("null"), refused},
              {"NoUri", origin("gateway.example"), refused},
              {"TwoOrigins", Request({"Origin: http://gateway.example", "origin: http://evil.example"}),
               Refuses(400, "more than one Origin header")},
              {"TheHostOfAnHttpUriCounts",
               Request({"GET http://other.example/ HTTP/1.1", "Origin: http://gateway.example"}), refused},
              {"TheHostOfAnHttpUriIsTheSame",
               Request({"GET http://other.example/ HTTP/1.1", "Origin: http://other.example"}), Switches()},
          }};
}

// The name rebound.example of a web page resolves to the gateway: Host and Origin agree, but name another
// site.
Group AllowedHosts() {
  const Response refused = Refuses(421, "this gateway does not serve this host");
  return {
      .section = "Section10_2",
      .flags = {"--allowed_hosts=gateway.example,*.test:8080"},
      .requests = {
          {"AnAllowedHost", Request({"Origin: http://gateway.example"}), Switches()},
          {"AnAllowedHostAtAPort", Request({"Host: gateway.example:8080"}), Switches()},
          {"AnAllowedSubdomain", Request({"Host: a.test:8080"}), Switches()},
          {"ASubdomainAtAnotherPort", Request({"Host: a.test"}), refused},
          {"ARebindingPage", Request({"Host: rebound.example", "Origin: http://rebound.example"}), refused},
          {"AnAddressThatIsNotListed", Request({"Host: 127.0.0.1"}), refused},
          {"AnEmptyHost", Request({"Host: "}), refused},
          {"AnHttpUriOfAnotherHost", Request({"GET http://rebound.example/ HTTP/1.1"}), refused},
      }};
}

Group AnyOrigin() {
  return {.section = "Section10_2",
          .flags = {"--allowed_origins=*"},
          .requests = {
              {"AnotherHostWhereAllMay", Request({"Origin: http://evil.example"}), Switches()},
              {"NullWhereAllMay", Request({"Origin: null"}), Switches()},
          }};
}

const std::string kKubernetesToken = "base64url.bearer.authorization.k8s.io.c2VjcmV0";

Group ConfiguredSubprotocols() {
  const auto offer = [](const std::string& value) { return Request({"Sec-WebSocket-Protocol: " + value}); };
  return {.section = "Section4_2_2_Subprotocol",
          .flags = {"--subprotocols=v2.chat,v1.chat"},
          .requests = {
              {"TheServersBest", offer("v1.chat, v2.chat"), Switches("Sec-WebSocket-Protocol: v2.chat\r\n")},
              {"TheServersSecond", offer("mqtt, v1.chat"), Switches("Sec-WebSocket-Protocol: v1.chat\r\n")},
              {"NoneThatIsSpoken", offer("mqtt, V1.chat"), Switches()},
              {"ATokenWhereNamesAreConfigured", offer(kKubernetesToken), Switches()},
              {"NoOfferWhereNamesAreConfigured", Request(), Switches()},
          }};
}

Group Subprotocols() {
  const auto offer = [](const std::string& value) { return Request({"Sec-WebSocket-Protocol: " + value}); };
  const auto chosen = [](const std::string& name) {
    return Switches("Sec-WebSocket-Protocol: " + name + "\r\n");
  };
  const Response broken = Refuses(400, "malformed Sec-WebSocket-Protocol");
  return {
      .section = "Section4_2_2_Subprotocol",
      .requests = {
          {"One", offer("chat"), chosen("chat")},
          {"FirstOfTwo", offer("chat, superchat"), chosen("chat")},
          {"FirstOfTwoLines", Request({"Sec-WebSocket-Protocol: chat", "sec-websocket-protocol: superchat"}),
           chosen("chat")},
          {"FirstLineEmpty", Request({"Sec-WebSocket-Protocol: ", "sec-websocket-protocol: chat"}),
           chosen("chat")},
          {"CaseStays", offer("Chat.V2"), chosen("Chat.V2")},
          {"EveryCharacterOfAToken", offer("!#$%&'*+-.^_`|~09azAZ"), chosen("!#$%&'*+-.^_`|~09azAZ")},
          {"Empty", offer(""), Switches()},
          {"EmptyElements", offer(", ,chat, ,"), chosen("chat")},
          {"InQuotes", offer("\"chat\""), broken},
          {"WithASpace", offer("a b"), broken},
          {"WithASemicolon", offer("a;b"), broken},
          {"WithASlash", offer("a/b"), broken},
          {"NotAscii", offer("caf\xc3\xa9"), broken},
          {"BrokenBehindAGoodOne", offer("chat, a b"), broken},
          {"BrokenInTheSecondLine", Request({"Sec-WebSocket-Protocol: chat", "sec-websocket-protocol: a;b"}),
           broken},
          {"Of512Bytes", offer(std::string(512, 'p')), chosen(std::string(512, 'p'))},
          {"Of513Bytes", offer(std::string(513, 'p')), Switches()},
          {"Of513BytesBeforeAnother", offer(std::string(513, 'p') + ", chat"), chosen("chat")},
          {"ATokenOfKubernetes", offer(kKubernetesToken), Switches()},
          {"ATokenOfKubernetesAndAName", offer(kKubernetesToken + ", v4.channel.k8s.io"),
           chosen("v4.channel.k8s.io")},
      }};
}

// Off by default: no extension is agreed on, and none may be used.
Group Extensions() {
  const auto offer = [](const std::string& value) { return Request({"Sec-WebSocket-Extensions: " + value}); };
  return {.section = "Section9_1",
          .requests = {
              {"UnknownExtension", offer("x-unknown"), Switches()},
              {"UnknownExtensionWithParameters", offer("x-unknown; a=1; b=\"2\""), Switches()},
              {"ExtensionsInTwoLines",
               Request({"Sec-WebSocket-Extensions: x-a", "sec-websocket-extensions: x-b"}), Switches()},
              {"EmptyExtensions", offer(""), Switches()},
              {"CompressionThatIsOff", offer("permessage-deflate; client_max_window_bits"), Switches()},
              {"CompressionThatIsOffAndUsed", offer("permessage-deflate") + Frame({.payload = "a", .rsv = 4}),
               Switches("", {FailedWith(1002)})},
          }};
}

Group HeaderLines() {
  return {.section = "Section4_2_1_Headers",
          .requests = {
              {"OthersAreIgnored", Request({"Cookie: a=b", "X-Other: c", "Accept-Language: d"}), Switches()},
              {"InAnyOrder",
               "GET / HTTP/1.1\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nUpgrade: websocket\r\nHost: a\r\n\r\n",
               Switches()},
              {"AllInUpperCase",
               "GET / HTTP/1.1\r\nHOST: a\r\nUPGRADE: websocket\r\nCONNECTION: Upgrade\r\n"
               "SEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\nSEC-WEBSOCKET-VERSION: 13\r\n\r\n",
               Switches()},
              {"FoldedLine", Request({"Upgrade:\r\n websocket"}), Switches()},
              {"FoldedLineThatMatters", Request({"Connection: keep-alive,\r\n\tUpgrade"}), Switches()},
              {"EmptyValue", Request({"X-Empty:"}), Switches()},
              {"BytesBeyondAscii", Request({"X-Name: caf\xe9"}), Switches()},
              {"NoColon", Request({"Nonsense"}), RefusesAsMalformed()},
              {"NoName", Request({": value"}), RefusesAsMalformed()},
              {"SpaceBeforeTheColon", Request({"X-Bad : value"}), RefusesAsMalformed()},
              {"SpaceInTheName", Request({"X Bad: value"}), RefusesAsMalformed()},
              {"NulInAValue", Request({std::string("X-Bad: a\0b", 10)}), RefusesAsMalformed()},
              {"ControlCharacterInAValue", Request({"X-Bad: a\x01"}), RefusesAsMalformed()},
              {"LoneCarriageReturn", Request({"X-Bad: a\rb"}), RefusesAsMalformed()},
              {"FirstLineEmpty", "\r\n" + Request(), Switches()},
              {"FirstTwoLinesEmpty", "\r\n\r\n" + Request(), RefusesAsMalformed()},
              {"FirstLineEmptyWithoutCarriageReturn", "\n" + Request(), RefusesAsMalformed()},
              {"TlsInstead", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
               RefusesAsMalformed()},
              {"AFrameInstead", Text("Hello"), RefusesAsMalformed()},
              {"AProxyProtocolHeaderOfNoTrustedProxy", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + Request(),
               RefusesAsMalformed()},
          }};
}

Group Sizes() {
  constexpr size_t kLimit = 16 * 1024;
  const auto of_size = [](size_t size) {
    const std::string name = "X-Filler: ";
    return Request({name + std::string(size - Request({name}).size(), 'f')});
  };
  const Response too_large = Refuses(431, "the request header is over 16384 bytes");
  const std::string endless(kLimit, 'e');
  const std::string line_too_long = "the request line is over 16384 bytes";
  return {.section = "Section10_4",
          .requests = {
              {"HeaderOf16Kib", of_size(kLimit), Switches()},
              {"HeaderOf16KibAndAFrame", of_size(kLimit) + Text("a"), Switches("", {TextOf("a")})},
              {"HeaderOverItByOne", of_size(kLimit + 1), too_large},
              {"EndlessTarget", "GET /" + endless, Refuses(414, line_too_long)},
              {"EndlessTargetOfHead", "HEAD /" + endless, ToHead(Refuses(414, line_too_long))},
              {"EndlessMethod", endless, Refuses(400, line_too_long)},
              {"EndlessName", "GET / HTTP/1.1\r\n" + endless, too_large},
              {"EndlessValue", "GET / HTTP/1.1\r\nX-Endless: " + endless, too_large},
              {"EndlessLines", "GET / HTTP/1.1\r\n" + Repeat("a: b\r\n", kLimit / 6), too_large},
              {"OneThousandLines", Request({Repeat("a: b\r\n", 1000) + "c: d"}), Switches()},
          }};
}

Group ConfiguredSize() {
  return {.section = "Section10_4",
          .flags = {"--max_handshake_bytes=65536"},
          .requests = {
              {"HeaderOf40KbWhereItMayBe", Request({"Cookie: " + std::string(40'000, 'c')}), Switches()},
              {"HeaderOf70KbWhereItMayNotBe", Request({"Cookie: " + std::string(70'000, 'c')}),
               Refuses(431, "the request header is over 65536 bytes")},
          }};
}

// A client may send frames before it has received the answer.
Group FramesBehindTheRequest() {
  return {.section = "Section4_2_2_Frames",
          .requests = {
              {"None", Request(), Switches()},
              {"Text", Request() + Text("a"), Switches("", {TextOf("a")})},
              {"Several", Request() + Text("a") + Ping("b") + Binary("c"),
               Switches("", {TextOf("a"), PongOf("b"), BinaryOf("c")})},
              {"Long", Request() + Binary(BytesOf(70'000)), Switches("", {BinaryOf(BytesOf(70'000))})},
              {"Fragments", Request() + First("a") + Last("b"), Switches("", {TextOf("ab")})},
              {"Close", Request() + Close(1000), Switches("", {ClosedWith(1000)})},
              {"TextAndClose", Request() + Text("a") + Close(4000),
               Switches("", {TextOf("a"), ClosedWith(4000)})},
              {"Unmasked", Request() + Frame({.payload = "a", .masked = false}),
               Switches("", {FailedWith(1002)})},
              {"BadText", Request() + Text("\xff"), Switches("", {FailedWith(1007)})},
              {"AnotherRequest", Request() + Request(), Switches("", {FailedWith(1002)})},
              {"BehindARefusalAreIgnored", Request({"Upgrade: h2c"}) + Text("a"),
               Refuses(426, "this is a WebSocket endpoint: upgrade required",
                       "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")},
          }};
}

}  // namespace

std::vector<Group> Groups() {
  return {AllowedHosts(), Origins(),     AnyOrigin(), ConfiguredSubprotocols(), Subprotocols(),
          Extensions(),   HeaderLines(), Sizes(),     ConfiguredSize(),         FramesBehindTheRequest()};
}

}  // namespace drawbridge::conformance
