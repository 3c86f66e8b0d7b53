// Which connections a filter chooses.
#include <chrono>
#include <memory>
#include <string>
#include <variant>

#include "gateway/connections/registry.h"
#include "gtest/gtest.h"
#include "services/filter/filter.h"
#include "tests/services/control/listed_clients.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

// Has two connections: one with all facts known, one with none.
class EvaluationTest : public ::testing::Test {
 protected:
  EvaluationTest() {
    clients_.clock.Advance(seconds(100));
    known_ = clients_.Add({.remote_address = "10.1.2.3:5000",
                           .principal = "CN=alice",
                           .path = "/chat/7",
                           .subprotocol = "chat.v2",
                           .user_agent = "Mozilla/5.0 (X11) Firefox/115.0",
                           .origin = "https://app.example",
                           .tls = true});
    unknown_ = clients_.Add();
    clients_.Label(*known_, {{"tier", "gold"}, {"app.id", ""}}, clients_.clock.Wall() + seconds(300));
    clients_.clock.Advance(seconds(100));
    Connection::Traffic& traffic = known_->traffic();
    traffic.last_receive_time = clients_.clock.Steady() - seconds(40);
    traffic.last_message_time = clients_.clock.Steady() - seconds(60);
    traffic.received_messages.Set(3);
    traffic.received_bytes.Set(300);
    traffic.sent_messages.Set(4);
    traffic.sent_bytes.Set(400);
    traffic.send_queue_messages.Add(5);
    traffic.send_queue_bytes.Add(500);
    traffic.round_trip_nanoseconds.Set(20'000'000);
  }

  // "known", "unknown", "both", "none", or the error of the filter.
  std::string Chosen(const std::string& text) {
    const auto parsed = Filter::Parse(text);
    if (const auto* error = std::get_if<std::string>(&parsed)) return *error;
    const auto& filter = std::get<Filter>(parsed);
    const FilterContext context("node-a", clients_.clock);
    const bool known = filter.Matches(*known_, context);
    const bool unknown = filter.Matches(*unknown_, context);
    if (known && unknown) return "both";
    return known ? "known" : unknown ? "unknown" : "none";
  }

  ListedClients clients_;
  std::shared_ptr<Connection> known_;
  std::shared_ptr<Connection> unknown_;
};

TEST_F(EvaluationTest, Chooses) {
  const struct {
    std::string filter;
    std::string chosen;
  } cases[] = {
      {"*", "both"},
      // Strings.
      {"connection_id = " + std::string(known_->info().id), "known"},
      {"connection_id != " + std::string(known_->info().id), "unknown"},
      {"node_id = node-a", "both"},
      {"node_id = node-b", "none"},
      {"principal = \"CN=alice\"", "known"},
      {"principal = \"CN=Alice\"", "none"},
      {"principal = \"CN=al\"", "none"},
      {"principal = \"CN=al*\"", "known"},
      {"principal = \"CN=alice*\"", "known"},
      {"principal = \"CN=alicex*\"", "none"},
      {R"(principal = "CN=al\*")", "none"},
      {"principal != \"CN=al*\"", "unknown"},
      {"principal = \"\"", "unknown"},
      {"principal != \"\"", "known"},
      {"principal:*", "known"},
      {"NOT principal:*", "unknown"},
      {"remote_address = \"10.1.2.3:5000\"", "known"},
      {"remote_address = 10.1.2.*", "known"},
      {"path = /chat*", "known"},
      {"path < /chat/8", "both"},
      {"path > /chat/6", "known"},
      {"path >= /chat/7", "known"},
      {"path <= /chat/7", "both"},
      {"path < /chat/7", "unknown"},
      {"subprotocol = chat.v2", "known"},
      {"user_agent:Firefox", "known"},
      {"user_agent:firefox", "none"},
      {"user_agent:\" (X11) \"", "known"},
      {"origin = \"https://app.example\"", "known"},
      {"origin:\"://\"", "known"},
      // Booleans and the state.
      {"tls = true", "known"},
      {"tls = false", "unknown"},
      {"tls != true", "unknown"},
      {"state = OPEN", "both"},
      {"state = CONNECTION_STATE_OPEN", "both"},
      {"state != OPEN", "none"},
      {"state = CLOSED", "none"},
      // Networks.
      {"cidr(remote_address, 10.0.0.0/8)", "known"},
      {"cidr(remote_address, 10.1.2.3)", "known"},
      {"cidr(remote_address, 10.1.2.4)", "none"},
      {"cidr(remote_address, 11.0.0.0/8)", "none"},
      {"cidr(remote_address, \"::/0\")", "none"},
      {"NOT cidr(remote_address, 10.0.0.0/8)", "unknown"},
      {"remote_ip = 10.1.2.3", "known"},
      {"remote_ip = 10.1.2.4", "none"},
      {"remote_ip != 10.1.2.3", "unknown"},
      {"NOT remote_ip = 10.1.2.3", "unknown"},
      {"cidr(remote_ip, 10.0.0.0/8)", "known"},
      {"cidr(remote_ip, 11.0.0.0/8)", "none"},
      // Labels.
      {"labels.tier = gold", "known"},
      {"labels.tier = Gold", "none"},
      {"labels.tier = go*", "known"},
      {"labels.tier:ol", "known"},
      {"labels.tier != gold", "unknown"},
      {"labels.tier != silver", "both"},
      {"labels.tier < h", "known"},
      {"labels.tier > g", "known"},
      {"labels.tier:*", "known"},
      {"labels:tier", "known"},
      {"labels:tie", "none"},
      {"labels:*", "known"},
      {"labels.app.id = \"\"", "known"},
      {"labels:app.id", "known"},
      {"labels.other = \"\"", "none"},
      // Numbers: each field reads its own counter.
      {"received_messages = 3 AND received_bytes = 300", "known"},
      {"sent_messages = 4 AND sent_bytes = 400", "known"},
      {"send_queue_messages = 5 AND send_queue_bytes = 500", "known"},
      {"sent_bytes > 399", "known"},
      {"sent_bytes > 400", "none"},
      {"sent_bytes >= 400", "known"},
      {"sent_bytes < 400", "unknown"},
      {"sent_bytes <= 400", "both"},
      {"sent_bytes != 400", "unknown"},
      // Times. The test's clock is at 2023-11-14T22:16:40Z, and both connections opened 100 s before.
      {"create_time = \"2023-11-14T22:15:00Z\"", "both"},
      {"create_time != \"2023-11-14T22:15:00Z\"", "none"},
      {"create_time < \"2023-11-14T22:15:00Z\"", "none"},
      {"create_time <= \"2023-11-14T23:15:00+01:00\"", "both"},
      {"create_time < -99s", "both"},
      {"create_time < -100s", "none"},
      {"create_time <= -100s", "both"},
      {"create_time > -101s", "both"},
      {"create_time < \"9999-01-01T00:00:00Z\"", "both"},
      {"create_time > \"0001-01-01T00:00:00Z\"", "both"},
      {"last_receive_time < -30s", "known"},
      {"last_receive_time < -40s", "none"},
      {"last_receive_time = -40s", "known"},
      {"last_receive_time != -40s", "unknown"},
      {"last_receive_time != -41s", "both"},
      {"last_receive_time >= -40s", "known"},
      {"NOT last_receive_time >= -40s", "unknown"},
      {"last_receive_time:*", "known"},
      {"last_message_time < -59s", "known"},
      {"last_message_time < -60s", "none"},
      {"last_message_time = -60s", "known"},
      {"last_message_time:*", "known"},
      {"NOT last_message_time > -30s", "both"},
      {"NOT last_message_time > -90s", "unknown"},
      {"expire_time < 201s", "known"},
      {"expire_time < 200s", "none"},
      {"expire_time > -1s", "known"},
      {"expire_time:*", "known"},
      // Durations.
      {"round_trip_time = 20ms", "known"},
      {"round_trip_time > 0.019s", "known"},
      {"round_trip_time < 1h", "known"},
      {"round_trip_time >= 20001us", "none"},
      {"round_trip_time != 20ms", "unknown"},
      {"round_trip_time:*", "known"},
      // Combinations.
      {"tls = true AND path = /x", "none"},
      {"tls = true OR path = /x", "known"},
      {"tls = true OR tls = false", "both"},
      {"NOT tls = true AND NOT path = /x", "unknown"},
      {"NOT (tls = true AND path = /x)", "both"},
      {"NOT (tls = true OR path = /x)", "unknown"},
      {"NOT (NOT tls = true)", "known"},
      {"NOT tls != true", "known"},
      {"(tls = true AND path = /x) OR principal = \"\"", "unknown"},
      {"tls = true AND (path = /x OR labels.tier = gold)", "known"},
  };
  for (const auto& each : cases) EXPECT_EQ(Chosen(each.filter), each.chosen) << each.filter;
}

TEST_F(EvaluationTest, KnowsWhichFiltersAreTrueOfEveryOpenConnection) {
  const struct {
    std::string filter;
    bool every;
  } cases[] = {
      {"*", true},
      {"NOT (NOT path:*)", true},
      {"path:* AND node_id:*", true},
      {"path:* OR tls = true", true},
      {"NOT (NOT path:* AND tls = true)", true},
      {"connection_id:*", true},
      {"path = \"/*\"", true},
      {"path:\"/\"", true},
      {"path != \"\"", true},
      {"path > \"\"", true},
      {"path >= /", true},
      {"NOT path = \"\"", true},
      {"remote_address:*", true},
      {"create_time:*", true},
      {"sent_bytes >= 0", true},
      {"NOT sent_bytes < 0", true},
      {"state = OPEN", true},
      {"state != CLOSED", true},
      {"state = OPEN AND path = \"/*\"", true},
      {"NOT path:*", false},
      {"path:* AND tls = true", false},
      {"NOT (path:* OR tls = true)", false},
      {"path = \"/a*\"", false},
      {"path = /", false},
      {"path > /", false},
      {"path < \"\"", false},
      {"principal:*", false},
      {"principal != \"\"", false},
      {"connection_id = a", false},
      {"node_id = a", false},
      {"state = CLOSING", false},
      {"state != OPEN", false},
      {"sent_bytes > 0", false},
      {"sent_bytes >= 1", false},
      {"create_time < -1s", false},
      {"expire_time:*", false},
      {"labels:*", false},
      {"tls = true OR path = /a", false},
      {"cidr(remote_ip, 10.0.0.0/8)", false},
      {"remote_ip != 10.0.0.1", false},
  };
  for (const auto& each : cases) {
    const auto parsed = Filter::Parse(each.filter);
    ASSERT_TRUE(std::holds_alternative<Filter>(parsed)) << each.filter;
    EXPECT_EQ(std::get<Filter>(parsed).chooses_every_open(), each.every) << each.filter;
  }
}

TEST_F(EvaluationTest, TheStateOfOneWhoLeaves) {
  unknown_->Interrupt(CloseRequest(CloseCause::kInterrupted));
  EXPECT_EQ(Chosen("state = CLOSING"), "unknown");
  EXPECT_EQ(Chosen("state = OPEN"), "known");
  clients_.End(1);
  EXPECT_EQ(Chosen("state = CLOSED"), "unknown");
}

TEST_F(EvaluationTest, NetworksOfVersion6) {
  known_ = clients_.Add({.remote_address = "[2001:db8::7]:443"});
  EXPECT_EQ(Chosen("cidr(remote_address, \"2001:db8::/32\")"), "known");
  EXPECT_EQ(Chosen("cidr(remote_address, \"2001:db9::/32\")"), "none");
  EXPECT_EQ(Chosen("cidr(remote_address, 0.0.0.0/0)"), "none");
  EXPECT_EQ(Chosen("cidr(remote_ip, \"2001:db8::/32\")"), "known");
  EXPECT_EQ(Chosen("remote_ip = \"2001:db8::7\""), "known");
  EXPECT_EQ(Chosen("remote_ip = \"2001:DB8:0:0::7\""), "known") << "however it is written";
  EXPECT_EQ(Chosen("remote_ip = \"2001:db8::8\""), "none");
}

TEST_F(EvaluationTest, ADurationIsCountedFromEachQuestion) {
  EXPECT_EQ(Chosen("last_receive_time < -60s"), "none");
  clients_.clock.Advance(seconds(21));
  EXPECT_EQ(Chosen("last_receive_time < -60s"), "known");
}

}  // namespace
}  // namespace drawbridge
