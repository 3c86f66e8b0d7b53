// Where the token of a client comes from, and what is refused before it is verified.
#include "gateway/listener/token_source.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace drawbridge {
namespace {

// What Find makes of a request: the token, or "400 TEXT".
struct Found {
  std::string token;
  std::vector<std::string> subprotocols;  // what is left
};

Found Find(const std::string& sources, const TokenCarriers& carriers,
           std::vector<std::string> subprotocols = {}) {
  const auto parsed = TokenSources::Parse(sources);
  if (!parsed.has_value()) return {"bad sources", {}};
  auto found = parsed->Find(carriers, &subprotocols);
  if (const auto* answer = std::get_if<HttpAnswer>(&found)) {
    EXPECT_EQ(answer->headers, "WWW-Authenticate: Bearer error=\"invalid_request\"\r\n");
    return {std::to_string(answer->status) + " " + answer->text, subprotocols};
  }
  return {std::get<std::string>(found), subprotocols};
}

TEST(TokenSourceTest, ParsesWhatTheFlagAllows) {
  for (const char* list : {"authorization", "authorization,cookie:session", "query:access_token",
                           " subprotocol , authorization", "subprotocol:bearer.", "cookie:a,cookie:b"})
    EXPECT_TRUE(TokenSources::Parse(list).has_value()) << list;
  for (const char* list : {"", ",", "header", "cookie", "cookie:", "query:a b", "authorization,authorization",
                           "cookie:a;b", "cookie:a,cookie:a",
                           "subprotocol,subprotocol:base64url.bearer.authorization.k8s.io.", "Authorization"})
    EXPECT_FALSE(TokenSources::Parse(list).has_value()) << list;
}

TEST(TokenSourceTest, ReadsTheAuthorizationHeader) {
  EXPECT_EQ(Find("authorization", {.authorization = {"Bearer a.b.c"}}).token, "a.b.c");
  EXPECT_EQ(Find("authorization", {.authorization = {"bEARER   a.b.c "}}).token, "a.b.c");
  EXPECT_EQ(Find("authorization", {.authorization = {"Basic dXNlcjpwYXNz"}}).token, "");
  EXPECT_EQ(Find("authorization", {.authorization = {"Bearerabc"}}).token, "");
  EXPECT_EQ(Find("authorization", {}).token, "");
  EXPECT_EQ(Find("authorization", {.authorization = {"Bearer"}}).token,
            "400 the Authorization header has no well-formed token");
}

TEST(TokenSourceTest, RefusesTwoAuthorizationHeaders) {
  EXPECT_EQ(Find("authorization", {.authorization = {"Bearer a.b.c", "Bearer a.b.c"}}).token,
            "400 more than one Authorization header");
  EXPECT_EQ(Find("authorization", {.authorization = {"Basic eDp5", "Bearer a.b.c"}}).token,
            "400 more than one Authorization header");
}

TEST(TokenSourceTest, ReadsCookiesByName) {
  EXPECT_EQ(Find("cookie:t", {.cookies = {"x=1; t=a.b.c; y=2"}}).token, "a.b.c");
  EXPECT_EQ(Find("cookie:t", {.cookies = {"x=1", "t=\"a.b.c\""}}).token, "a.b.c");
  EXPECT_EQ(Find("cookie:t", {.cookies = {"tt=a.b.c; T=a.b.c; t"}}).token, "");
  EXPECT_EQ(Find("cookie:t", {.cookies = {"t=a.b.c; t=d.e.f"}}).token,
            "400 the cookie t has 2 tokens: must have one");
  EXPECT_EQ(Find("cookie:t", {.cookies = {"t=a.b.c", "t=d.e.f"}}).token,
            "400 the cookie t has 2 tokens: must have one");
  EXPECT_EQ(Find("cookie:t", {.cookies = {"t="}}).token, "400 the cookie t has no well-formed token");
}

TEST(TokenSourceTest, ReadsTheQueryByName) {
  EXPECT_EQ(Find("query:access_token", {.query = "x=1&access_token=a.b.c"}).token, "a.b.c");
  EXPECT_EQ(Find("query:access_token", {.query = "access_token"}).token, "");
  EXPECT_EQ(Find("query:access_token", {.query = "access_token=a&access_token=b"}).token,
            "400 the query parameter access_token has 2 tokens: must have one");
}

TEST(TokenSourceTest, DecodesTheEntryOfKubernetes) {
  // base64url of "a.b.c"
  const Found found = Find("subprotocol", {}, {"base64url.bearer.authorization.k8s.io.YS5iLmM", "v1.chat"});
  EXPECT_EQ(found.token, "a.b.c");
  EXPECT_EQ(found.subprotocols, std::vector<std::string>{"v1.chat"});
  EXPECT_EQ(Find("subprotocol", {}, {"base64url.bearer.authorization.k8s.io.YS5iLmM=", "v1.chat"}).token,
            "400 Sec-WebSocket-Protocol has no well-formed token");
  EXPECT_EQ(Find("subprotocol", {},
                 {"base64url.bearer.authorization.k8s.io.YS5iLmM",
                  "base64url.bearer.authorization.k8s.io.YS5iLmM", "v1.chat"})
                .token,
            "400 Sec-WebSocket-Protocol has 2 tokens: must have one");
}

TEST(TokenSourceTest, TakesTheRestOfAnEntryWithAnotherPrefix) {
  const Found found = Find("subprotocol:jwt.", {}, {"v1.chat", "JWT.a.b.c"});
  EXPECT_EQ(found.token, "a.b.c");
  EXPECT_EQ(found.subprotocols, std::vector<std::string>{"v1.chat"});
}

TEST(TokenSourceTest, RefusesATokenWithoutASubprotocolBesideIt) {
  EXPECT_EQ(Find("subprotocol:jwt.", {}, {"jwt.a.b.c"}).token,
            "400 Sec-WebSocket-Protocol has a token alone: must offer a subprotocol beside it");
}

TEST(TokenSourceTest, TheFirstSourceWithATokenWins) {
  const TokenCarriers both{.authorization = {"Bearer header"}, .cookies = {"t=cookie"}};
  EXPECT_EQ(Find("authorization,cookie:t", both).token, "header");
  EXPECT_EQ(Find("cookie:t,authorization", both).token, "cookie");
  EXPECT_EQ(Find("query:t,cookie:t", both).token, "cookie");
}

TEST(TokenSourceTest, AnEntryWithATokenIsNeverASubprotocolEvenIfAnotherSourceWins) {
  const Found found =
      Find("authorization,subprotocol:jwt.", {.authorization = {"Bearer header"}}, {"jwt.a.b.c", "v1.chat"});
  EXPECT_EQ(found.token, "header");
  EXPECT_EQ(found.subprotocols, std::vector<std::string>{"v1.chat"});
}

}  // namespace
}  // namespace drawbridge
