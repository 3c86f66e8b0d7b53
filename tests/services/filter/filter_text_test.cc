// Valid and invalid filters: valid ones are printed in canonical form, invalid ones are refused with column
// and reason.
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "services/filter/filter.h"

namespace drawbridge {
namespace {

// The filter in canonical form, or its error.
std::string Reprint(const std::string& text) {
  const auto parsed = Filter::Parse(text);
  if (const auto* error = std::get_if<std::string>(&parsed)) return *error;
  return std::get<Filter>(parsed).text();
}

std::string Repeated(const std::string& text, const std::string& separator, int times) {
  std::string all = text;
  for (int i = 1; i < times; ++i) all += separator + text;
  return all;
}

TEST(FilterTextTest, TakesAndReprints) {
  const struct {
    std::string text;
    std::string reprint;
  } cases[] = {
      {"*", "*"},
      {"  *  ", "*"},
      {"path = \"/chat\"", "path = \"/chat\""},
      {"path=/chat", "path = \"/chat\""},
      {"path='/chat'", "path = \"/chat\""},
      {"\tpath\n=\r\n/chat ", "path = \"/chat\""},
      {"path = /chat*", "path = \"/chat*\""},
      {"path = \"/chat*\"", "path = \"/chat*\""},
      {R"(path = "/chat\*")", R"(path = "/chat\*")"},
      {R"(path = "/chat\**")", R"(path = "/chat\**")"},
      {R"(path = '\'\"\\')", R"(path = "'\"\\")"},
      {"path = \"it's\"", "path = \"it's\""},
      {"path = \"\"", "path = \"\""},
      {"path != /a", "path != \"/a\""},
      {"path<a", "path < \"a\""},
      {"path <= a", "path <= \"a\""},
      {"path>a", "path > \"a\""},
      {"path >= a", "path >= \"a\""},
      {"user_agent:Firefox", "user_agent:\"Firefox\""},
      {"principal:*", "principal:*"},
      {"principal:\"*\"", "principal:*"},
      {R"(principal:"\*")", R"(principal:"\*")"},
      {"user_agent = \"\xc3\xa4\"", "user_agent = \"\xc3\xa4\""},
      {"path = \"AND\"", "path = \"AND\""},
      {"path = and", "path = \"and\""},
      {"labels.tier = gold", "labels.tier = \"gold\""},
      {"labels.a.b-c_d = x", "labels.a.b-c_d = \"x\""},
      {"labels.tier:*", "labels.tier:*"},
      {"labels.tier:ol", "labels.tier:\"ol\""},
      {"labels:tier", "labels:\"tier\""},
      {"labels:*", "labels:*"},
      {"tls = true", "tls = \"true\""},
      {"state = OPEN", "state = \"OPEN\""},
      {"state != CONNECTION_STATE_CLOSED", "state != \"CONNECTION_STATE_CLOSED\""},
      {"received_bytes > 18446744073709551615", "received_bytes > \"18446744073709551615\""},
      {"round_trip_time > 1.5s", "round_trip_time > \"1.5s\""},
      {"last_receive_time < -30s", "last_receive_time < \"-30s\""},
      {"last_receive_time < \"-30s\"", "last_receive_time < \"-30s\""},
      {"expire_time < 5m", "expire_time < \"5m\""},
      {"create_time < \"2026-11-25T08:30:00Z\"", "create_time < \"2026-11-25T08:30:00Z\""},
      {"cidr(remote_address, \"10.0.0.0/8\")", "cidr(remote_address, \"10.0.0.0/8\")"},
      {"remote_ip=10.0.0.1", "remote_ip = \"10.0.0.1\""},
      {"cidr(remote_ip,10.0.0.0/8)", "cidr(remote_ip, \"10.0.0.0/8\")"},
      {"cidr(remote_address,10.0.0.0/8)", "cidr(remote_address, \"10.0.0.0/8\")"},
      {"cidr ( remote_address , '::1' )", "cidr(remote_address, \"::1\")"},
      {"tls=true AND path=a", "tls = \"true\" AND path = \"a\""},
      {"tls=true OR path=a OR path=b", "tls = \"true\" OR path = \"a\" OR path = \"b\""},
      {"NOT tls=true", "NOT tls = \"true\""},
      {"-tls=true", "NOT tls = \"true\""},
      {"- tls=true", "NOT tls = \"true\""},
      {"NOT (NOT tls=true)", "NOT (NOT tls = \"true\")"},
      {"-(tls=true AND path=a)", "NOT (tls = \"true\" AND path = \"a\")"},
      {"NOT tls=true AND path=a", "NOT tls = \"true\" AND path = \"a\""},
      {"((tls=true))", "tls = \"true\""},
      {"(tls=true)AND(path=a)", "tls = \"true\" AND path = \"a\""},
      {"tls=true AND (path=a OR path=b)", "tls = \"true\" AND (path = \"a\" OR path = \"b\")"},
      {"(tls=true AND path=a) OR path=b", "(tls = \"true\" AND path = \"a\") OR path = \"b\""},
      {"(tls=true AND path=a) AND path=b", "(tls = \"true\" AND path = \"a\") AND path = \"b\""},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(Reprint(each.text), each.reprint) << each.text;
    EXPECT_EQ(Reprint(each.reprint), each.reprint) << each.text;
  }
}

struct Refusal {
  std::string text;
  std::string error;  // its first words
};

void ExpectRefused(const std::vector<Refusal>& cases) {
  for (const Refusal& each : cases) {
    const std::string error = Reprint(each.text);
    EXPECT_EQ(error.substr(0, each.error.size()), each.error) << each.text;
  }
}

TEST(FilterTextTest, RefusesWhatIsNoSentence) {
  ExpectRefused({
      {"", "column 1: expected a field, found the end"},
      {"  ", "column 3: expected a field, found the end"},
      {"path", "column 5: expected one of = != < <= > >= :, found the end"},
      {"path a", "column 6: expected one of = != < <= > >= :, found \"a\""},
      {"path =", "column 7: expected a value, found the end"},
      {"path = AND", "column 8: expected a value, found \"AND\""},
      {"path = (a)", "column 8: expected a value, found \"(\""},
      {"path = - 5s", "column 10: expected a value, found \"5s\""},
      {"path == a", "column 6: expected a single =, found \"==\""},
      {"path ! a", "column 6: expected != or NOT, found \"!\""},
      {"path = a b = c", "column 10: expected AND, OR or the end, found \"b\""},
      {"path = a and tls = true",
       "column 10: expected AND, OR or the end, found \"and\" (AND, OR and NOT are"},
      {"not tls = true", "column 5: expected one of = != < <= > >= :, found \"tls\""},
      {"path = a AND", "column 13: expected a field, found the end"},
      {"path = a AND AND tls = true", "column 14: expected a field, found \"AND\""},
      {"AND", "column 1: expected a field, found \"AND\""},
      {"NOT NOT tls = true", "column 5: expected a field, found \"NOT\""},
      {"--tls = true", "column 2: expected a field, found \"-\""},
      {"(path = a", "column 10: expected AND, OR or ), found the end"},
      {"(path = a))", "column 11: expected AND, OR or the end, found \")\""},
      {"()", "column 2: expected a field, found \")\""},
      {"\"path\" = a", "column 1: expected a field, found \"\"path\"\""},
      {"pa* = a", "column 1: expected a field, found \"pa*\""},
      {"path = \"a", "column 8: expected a closing \", found the end"},
      {"path = 'a\"", "column 8: expected a closing ', found the end"},
      {"path = \"a\\n\"", "column 10: expected one of \\ \" ' * after the backslash"},
      {"path = \"a\\", "column 10: expected one of \\ \" ' * after the backslash"},
      {"path = \"a*b\"", "column 10: expected a * only at the end of the value"},
      {"path = *a", "column 8: expected a * only at the end of the value"},
      {"path = \xc3\xa4", "column 8: found \"\xc3\xa4\", which is allowed only in quotes"},
      {"path = \"\xc3\xa4\xc3\xb6\" x", "column 13: expected AND, OR or the end, found \"x\""},
      {"remote_address = 10.0.0.1:5", "column 26: expected AND, OR or the end, found \":\""},
      {"* AND tls = true",
       "column 3: expected nothing after *, which matches every connection, found \"AND\""},
      {"tls = true OR *", "column 15: * must be the whole filter, not a part of it"},
      {"net(remote_address, a)", "column 1: expected the function cidr, found \"net\""},
      {"cidr(remote_address)", "column 20: expected a comma, found \")\""},
      {"cidr(remote_address, a, b)", "column 23: expected ), found \",\""},
      {"cidr(remote_address, ::1/128)", "column 22: expected a value, found \":\""},
      {"cidr = a", "column 1: expected a field, found \"cidr\"; the fields are connection_id, node_id"},
  });
}

TEST(FilterTextTest, RefusesAndBesideOrWithoutParentheses) {
  const std::string why =
      "AND and OR at one level: OR binds tighter than AND here, the reverse of most languages";
  ExpectRefused({
      {"path=a AND path=b OR path=c", "column 19: " + why},
      {"path=a OR path=b AND path=c", "column 18: " + why},
      {"tls=true AND (path=a OR path=b AND path=c)", "column 32: " + why},
      {"path=a AND NOT path=b OR path=c", "column 23: " + why},
  });
}

TEST(FilterTextTest, RefusesFieldsAndValuesThatAreNone) {
  ExpectRefused({
      {"pth = a",
       "column 1: expected a field, found \"pth\"; the fields are connection_id, node_id, principal"},
      {"Path = a", "column 1: expected a field, found \"Path\""},
      {"tls = true AND pth = a", "column 16: expected a field, found \"pth\""},
      {"tls = yes", "column 7: expected true or false, found \"yes\""},
      {"tls = TRUE", "column 7: expected true or false, found \"TRUE\""},
      {"tls = tru*", "column 7: expected true or false, found \"tru*\""},
      {"tls < true", "column 5: expected = or !=, found \"<\""},
      {"tls:true", "column 4: expected = or !=, found \":\""},
      {"state = open", "column 9: expected OPEN, CLOSING or CLOSED, found \"open\""},
      {"state = UNSPECIFIED", "column 9: expected OPEN, CLOSING or CLOSED, found \"UNSPECIFIED\""},
      {"state >= OPEN", "column 7: expected = or !=, found \">=\""},
      {"sent_bytes > -1", "column 14: expected a number of at most 64 bits, found \"-1\""},
      {"sent_bytes > 1k", "column 14: expected a number of at most 64 bits, found \"1k\""},
      {"sent_bytes > 18446744073709551616", "column 14: expected a number of at most 64 bits, found"},
      {"sent_bytes = 1*", "column 14: expected a number of at most 64 bits, found \"1*\""},
      {"sent_bytes:1", "column 11: expected one of = != < <= > >="},
      {"round_trip_time > 5", "column 19: expected a duration such as 20ms, found \"5\""},
      {"round_trip_time > -5s", "column 19: expected a duration such as 20ms, found \"-5s\""},
      {"round_trip_time:5s", "column 16: expected one of = != < <= > >=, or round_trip_time:*"},
      {"last_receive_time < 30s",
       "column 21: expected a time as in RFC 3339, or a duration ago such as -30s, found \"30s\""},
      {"create_time < 2026-11-25",
       "column 15: expected a time as in RFC 3339, or a duration ago such as -30s"},
      {"create_time < -200y", "column 15: expected a time as in RFC 3339"},
      {"create_time < \"-30s*\"", "column 15: expected a time without a *, found \"-30s*\""},
      {"expire_time < soon",
       "column 15: expected a time as in RFC 3339, or a duration from now such as -30s or 5m"},
      {"expire_time:-30s", "column 12: expected one of = != < <= > >=, or expire_time:*"},
      {"path = *", "column 8: expected a text before the *; path:* tests whether it is set, found \"*\""},
      {"path != \"*\"", "column 9: expected a text before the *"},
      {"path < a*", "column 8: expected no * after <, <=, > or >=, found \"a*\""},
      {"path:a*", "column 6: expected no * after :, which searches the whole text, found \"a*\""},
      {"path:\"\"", "column 6: expected a text that is not empty, found \"\""},
      {"labels = a", "column 8: expected labels:KEY or labels.KEY"},
      {"labels. = a", "column 8: expected the key of a label, 1 to 63 of [a-z0-9_.-], found \"\""},
      {"labels.A = a", "column 8: expected the key of a label, 1 to 63 of [a-z0-9_.-], found \"A\""},
      {"labels." + std::string(64, 'a') + " = a", "column 8: expected the key of a label"},
      {"labels:A", "column 8: expected the key of a label"},
      {"labels:a*", "column 8: expected the whole key of a label, found \"a*\""},
      {"path.a = b", "column 1: expected a field, found \"path.a\""},
      {"cidr(path, 10.0.0.0/8)", "column 6: expected remote_ip or remote_address, found \"path\""},
      {"cidr(remote_ip, 10.0.0.1/8)", "column 17: expected an address or a range such as 10.0.0.0/8"},
      {"remote_ip = \"10.0.0.1:80\"", "column 13: expected an address without a port; cidr(remote_ip, "},
      {"remote_ip = 10.0.0.0/8", "column 13: expected an address without a port; cidr(remote_ip, "},
      {"remote_ip = 10.*", "column 13: expected an address without a port; cidr(remote_ip, "},
      {"remote_ip > 10.0.0.1", "column 11: expected = or !=, found \">\"; cidr(remote_ip, "},
      {"remote_ip:10", "column 10: expected = or !=, found \":\"; cidr(remote_ip, "},
      {"remote_address = 10.0.0.1",
       "column 18: expected an address with its port; remote_ip is the address alone, found \"10.0.0.1\""},
      {"remote_address != \"::1\"",
       "column 19: expected an address with its port; remote_ip is the address alone"},
      {"cidr(remote_address, 10.0.0.1/8)", "column 22: expected an address or a range such as 10.0.0.0/8"},
      {"cidr(remote_address, 10.0.0.0/33)", "column 22: expected an address or a range"},
      {"cidr(remote_address, \"10.*\")", "column 22: expected an address or a range"},
  });
}

TEST(FilterTextTest, HasBounds) {
  EXPECT_EQ(Reprint(Repeated("tls=true", " OR ", 32)), Repeated("tls = \"true\"", " OR ", 32));
  EXPECT_EQ(Reprint(Repeated("tls=true", " OR ", 33)), "column 385: expected at most 32 terms, found more");
  const std::string shell = "path = \"\"";
  EXPECT_TRUE(Reprint("path = \"" + std::string(4096 - shell.size(), 'a') + "\"").starts_with("path = "));
  EXPECT_EQ(Reprint("path = \"" + std::string(4097 - shell.size(), 'a') + "\""),
            "column 4097: expected at most 4096 bytes, found 4097");
  EXPECT_EQ(Reprint(std::string(32, '(') + "tls=true" + std::string(32, ')')), "tls = \"true\"");
  EXPECT_EQ(Reprint(std::string(33, '(') + "tls=true" + std::string(33, ')')),
            "column 33: expected at most 32 nested parentheses, found more");
  const std::string in_row = Repeated("(tls=true)", " AND ", 32);
  EXPECT_EQ(Reprint(in_row), Repeated("tls = \"true\"", " AND ", 32)) << "beside each other they count not";
}

TEST(FilterTextTest, AnErrorRepeatsNoLongText) {
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(Reprint("state = \"x" + umlauts + "\""),
            "column 9: expected OPEN, CLOSING or CLOSED, found \"x" + umlauts.substr(0, 38) + "...\"");
}

}  // namespace
}  // namespace drawbridge
