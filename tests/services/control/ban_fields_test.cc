// Bans as requests ask for them, and the connections that they match.
// tests/integration/refused_requests_test.cc has the requests that are refused.
#include "services/control/ban_fields.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "services/control/interrupt.h"
#include "services/control/list_bans.h"
#include "tests/services/control/listed_clients.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::hours;
using std::chrono::seconds;

const StatusFacts kOk{grpc::StatusCode::OK, "", ""};

class BanFieldsTest : public ::testing::Test {
 public:
  bool Matches(const BanSubject& subject, const Connection& connection) const {
    const FilterContext context(clients_.registry.node().node_id(), clients_.clock);
    return FilterOf(subject).Matches(connection, context);
  }
  Ban RefusalOf(const ConnectionInfo& info) {
    CloseRequest close(CloseCause::kInterrupted);
    close.code = 4001;
    close.actor = "olga";
    return BanOf(*clients_.Add(info), close, hours(1), clients_.clock.Wall());
  }

  ListedClients clients_;
};

TEST_F(BanFieldsTest, ParsesEveryField) {
  v1::CreateBanRequest request;
  request.set_ban_id("b1");
  request.mutable_ban()->set_address("::ffff:192.0.2.0/120");
  request.mutable_ban()->set_code(4001);
  request.mutable_ban()->set_reason("abuse");
  request.mutable_ban()->set_http_status(451);
  request.mutable_ban()->mutable_ttl()->set_seconds(60);
  WantedBan wanted;
  ASSERT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "olga", &wanted)), kOk);
  EXPECT_TRUE(wanted.by_ttl);
  EXPECT_EQ(wanted.ban.ban_id, "b1");
  EXPECT_EQ(wanted.ban.subject, BanSubject(*IpNetwork::Parse("192.0.2.0/24")));
  EXPECT_EQ(wanted.ban.code, 4001);
  EXPECT_EQ(wanted.ban.reason, "abuse");
  EXPECT_EQ(wanted.ban.http_status, 451);
  EXPECT_EQ(wanted.ban.create_time, clients_.clock.Wall());
  EXPECT_EQ(wanted.ban.expire_time, clients_.clock.Wall() + seconds(60));
  EXPECT_EQ(wanted.ban.actor, "olga");
}

TEST_F(BanFieldsTest, NinetyDaysAreTheBound) {
  v1::CreateBanRequest request;
  request.mutable_ban()->set_principal("alice");
  WantedBan wanted;
  request.mutable_ban()->mutable_ttl()->set_seconds(90 * 86'400);
  EXPECT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "", &wanted)), kOk);
  request.mutable_ban()->mutable_ttl()->set_nanos(1);
  EXPECT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "", &wanted)).reason, "TTL_OUT_OF_RANGE");
  const int64_t now = clients_.clock.Wall().time_since_epoch() / seconds(1);
  request.mutable_ban()->mutable_expire_time()->set_seconds(now + 90 * 86'400);
  EXPECT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "", &wanted)), kOk);
  request.mutable_ban()->mutable_expire_time()->set_seconds(now + 90 * 86'400 + 1);
  EXPECT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "", &wanted)).reason,
            "EXPIRE_TIME_OUT_OF_RANGE");
  request.mutable_ban()->mutable_expire_time()->set_seconds(now);
  EXPECT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "", &wanted)).reason,
            "EXPIRE_TIME_OUT_OF_RANGE");
}

TEST_F(BanFieldsTest, TwoBansWithoutAnIdHaveDifferentOnes) {
  v1::CreateBanRequest request;
  request.mutable_ban()->set_principal("alice");
  request.mutable_ban()->mutable_ttl()->set_seconds(60);
  WantedBan one;
  WantedBan two;
  ASSERT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "", &one)), kOk);
  ASSERT_EQ(FactsOf(ParseCreateBan(request, clients_.clock.Wall(), "", &two)), kOk);
  EXPECT_TRUE(IsBanId(one.ban.ban_id)) << one.ban.ban_id;
  EXPECT_NE(one.ban.ban_id, two.ban.ban_id);
}

TEST_F(BanFieldsTest, ABanMatchesTheConnectionsOfItsSubject) {
  const std::string odd = "a\"\\b* \xC3\xBC";
  const auto alice = clients_.Add({.remote_address = "192.0.2.1:5000", .principal = "alice"});
  const auto other = clients_.Add({.remote_address = "[2001:db8::7]:5000", .principal = odd});
  boost::intrusive_ptr<Attributes> attributes(new Attributes);
  attributes->labels = {{"tier", "free"}};
  attributes->token_id = odd;
  ASSERT_TRUE(clients_.registry.Update(*other, other->attributes(), attributes));
  for (const BanSubject& subject :
       {BanSubject(BannedPrincipal{"alice"}), BanSubject(*IpNetwork::Parse("192.0.2.0/24"))}) {
    EXPECT_TRUE(Matches(subject, *alice)) << KeyOf(subject);
    EXPECT_FALSE(Matches(subject, *other)) << KeyOf(subject);
  }
  for (const BanSubject& subject :
       {BanSubject(BannedPrincipal{odd}), BanSubject(*IpNetwork::Parse("2001:db8::/64")),
        BanSubject(BannedLabel{"tier", "free"}), BanSubject(BannedToken{odd})}) {
    EXPECT_TRUE(Matches(subject, *other)) << KeyOf(subject);
    EXPECT_FALSE(Matches(subject, *alice)) << KeyOf(subject);
  }
  EXPECT_FALSE(Matches(BannedLabel{"tier", ""}, *alice));
}

TEST_F(BanFieldsTest, RefuseForIsByPrincipalElseByAddress) {
  const Ban by_principal = RefusalOf({.remote_address = "192.0.2.1:5000", .principal = "alice"});
  EXPECT_EQ(by_principal.subject, BanSubject(BannedPrincipal{"alice"}));
  EXPECT_EQ(by_principal.ban_id, clients_.registrations.back().connection()->info().id);
  EXPECT_TRUE(IsBanId(by_principal.ban_id));
  EXPECT_EQ(by_principal.code, 4001);
  EXPECT_EQ(by_principal.reason, "banned");
  EXPECT_EQ(by_principal.actor, "olga");
  EXPECT_EQ(by_principal.expire_time, clients_.clock.Wall() + hours(1));
  EXPECT_EQ(RefusalOf({.remote_address = "192.0.2.1:5000"}).subject,
            BanSubject(*IpNetwork::Parse("192.0.2.1")));
  EXPECT_EQ(RefusalOf({.remote_address = "[2001:db8:0:1:2::3]:5000"}).subject,
            BanSubject(*IpNetwork::Parse("2001:db8:0:1::/64")));
  const std::string long_name(1025, 'p');
  EXPECT_EQ(RefusalOf({.remote_address = "192.0.2.1:5000", .principal = long_name}).subject,
            BanSubject(*IpNetwork::Parse("192.0.2.1")));
}

TEST_F(BanFieldsTest, AnInterruptWithRefuseForWantsABan) {
  const auto connection = clients_.Add({.remote_address = "192.0.2.1:5000", .principal = "alice"});
  v1::InterruptConnectionRequest request;
  request.set_connection_id(std::string(connection->info().id));
  std::optional<Ban> ban;
  const auto parse = [&] {
    return FactsOf(ParseRefusal(clients_.registry, clients_.clock, request, "olga", &ban));
  };
  EXPECT_EQ(parse(), kOk);
  EXPECT_FALSE(ban.has_value());
  request.mutable_refuse_for()->set_seconds(60);
  EXPECT_EQ(parse(), kOk);
  ASSERT_TRUE(ban.has_value());
  EXPECT_EQ(ban->subject, BanSubject(BannedPrincipal{"alice"}));
  EXPECT_EQ(ban->expire_time, clients_.clock.Wall() + seconds(60));
  request.mutable_refuse_for()->set_seconds(0);
  EXPECT_EQ(parse(),
            (StatusFacts{grpc::StatusCode::INVALID_ARGUMENT, "REFUSE_FOR_OUT_OF_RANGE", "refuse_for"}));
  request.mutable_refuse_for()->set_seconds(60);
  request.set_code(1005);
  EXPECT_EQ(parse().reason, "CODE_FORBIDDEN");
  request.clear_code();
  request.set_connection_id("abcd-12345678-1");
  ban.reset();
  EXPECT_EQ(parse(), kOk);  // the interrupt says that there is none
  EXPECT_FALSE(ban.has_value());
}

TEST_F(BanFieldsTest, APageTokenIsAPlace) {
  Bans bans(&clients_.clock);
  for (const char* id : {"a", "b", "c"}) {
    Ban ban;
    ban.ban_id = id;
    ban.subject = BannedPrincipal{id};
    ban.expire_time = clients_.clock.Wall() + hours(1);
    ASSERT_TRUE(bans.Insert(ban));
  }
  v1::ListBansRequest request;
  v1::ListBansResponse response;
  request.set_page_size(3);
  ASSERT_EQ(FactsOf(ListBans(bans, request, &response)), kOk);
  EXPECT_EQ(response.bans_size(), 3);
  EXPECT_EQ(response.next_page_token(), "");
  request.set_page_size(2);
  response.Clear();
  ASSERT_EQ(FactsOf(ListBans(bans, request, &response)), kOk);
  EXPECT_EQ(response.bans_size(), 2);
  request.set_page_token(response.next_page_token());
  bans.Erase("b");
  response.Clear();
  ASSERT_EQ(FactsOf(ListBans(bans, request, &response)), kOk);
  ASSERT_EQ(response.bans_size(), 1);
  EXPECT_EQ(response.bans(0).ban_id(), "c");
  EXPECT_EQ(response.next_page_token(), "");
  for (const char* token : {"x", "Yg==", "QSBi", "Yh", "YmFu="}) {  // "Yg" is "b"
    request.set_page_token(token);
    EXPECT_EQ(FactsOf(ListBans(bans, request, &response)).reason, "PAGE_TOKEN_INVALID") << token;
  }
}

}  // namespace
}  // namespace drawbridge
