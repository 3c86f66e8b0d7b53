// Bans over a real channel: the clients that are refused, the connections that end, and what the calls
// answer.
#include <google/protobuf/util/time_util.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/registry.h"
#include "gateway/listener/gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Stub = v1::BanService::Stub;

constexpr char kHere[] = "127.0.0.1";

struct BanReply {
  grpc::Status status;
  v1::CreateBanResponse response;
};

v1::CreateBanRequest AddressBan(const std::string& id, const std::string& address) {
  v1::CreateBanRequest request;
  request.set_ban_id(id);
  request.mutable_ban()->set_address(address);
  request.mutable_ban()->mutable_ttl()->set_seconds(600);
  return request;
}

v1::CreateBanRequest LabelBan(const std::string& id, const std::string& key, const std::string& value) {
  v1::CreateBanRequest request = AddressBan(id, "");
  request.mutable_ban()->mutable_label()->set_key(key);
  request.mutable_ban()->mutable_label()->set_value(value);
  return request;
}

class BanTest : public ::testing::Test {
 public:
  explicit BanTest(const Flags& flags = TestFlags()) { Start(flags); }

  void Start(const Flags& flags) {
    server_ = std::make_unique<RunningServer>(flags);
    stub_ = v1::BanService::NewStub(server_->channel());
  }

  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, milliseconds deadline = kPatience) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    return (*stub_.*method)(&context, request, response);
  }
  BanReply Create(const v1::CreateBanRequest& request, milliseconds deadline = kPatience) {
    BanReply reply;
    reply.status = Call(&Stub::CreateBan, request, &reply.response, deadline);
    return reply;
  }
  std::future<BanReply> StartCreate(v1::CreateBanRequest request) {
    return std::async(std::launch::async, [this, request = std::move(request)] { return Create(request); });
  }
  grpc::Status Delete(const std::string& id, bool allow_missing = false) {
    v1::DeleteBanRequest request;
    request.set_ban_id(id);
    request.set_allow_missing(allow_missing);
    v1::DeleteBanResponse response;
    return Call(&Stub::DeleteBan, request, &response);
  }
  v1::ListBansResponse List(int32_t page_size = 0, const std::string& token = "") {
    v1::ListBansRequest request;
    request.set_page_size(page_size);
    request.set_page_token(token);
    v1::ListBansResponse response;
    const grpc::Status status = Call(&Stub::ListBans, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  void Label(const std::string& id, const std::string& key, const std::string& value) {
    grpc::ClientContext context;
    v1::UpdateConnectionRequest request;
    request.mutable_connection()->set_connection_id(id);
    (*request.mutable_connection()->mutable_labels())[key] = value;
    request.mutable_update_mask()->add_paths("labels");
    v1::UpdateConnectionResponse response;
    ASSERT_TRUE(server_->stub().UpdateConnection(&context, request, &response).ok());
  }
  // The HTTP status that a new client gets.
  int Handshake() {
    Client client = Client::Dial(server_->address());
    return client.Upgrade().status;
  }

  std::unique_ptr<RunningServer> server_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(BanTest, EndsWhoIsThereAndRefusesWhoComes) {
  Client client = server_->Open();
  v1::CreateBanRequest request = AddressBan("here", kHere);
  request.mutable_ban()->set_code(4001);
  request.mutable_ban()->set_reason("abuse");
  request.mutable_ban()->set_http_status(451);
  auto reply = StartCreate(request);
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 4001);
  EXPECT_EQ(close.reason(), "abuse");
  const BanReply made = reply.get();
  ASSERT_TRUE(made.status.ok()) << made.status.error_message();
  EXPECT_EQ(made.response.closed_clean_count(), 1);
  EXPECT_EQ(made.response.ban().ban_id(), "here");
  EXPECT_EQ(made.response.ban().address(), kHere);
  EXPECT_EQ(google::protobuf::util::TimeUtil::DurationToSeconds(made.response.ban().expire_time() -
                                                                made.response.ban().create_time()),
            600);
  EXPECT_EQ(server_->GetWhenClosed(client.id()).close().cause(), "interrupted");
  EXPECT_EQ(Handshake(), 451);
  EXPECT_TRUE(Delete("here").ok());
  EXPECT_EQ(Handshake(), 101);
}

TEST_F(BanTest, TheDefaultsAre1008BannedAnd403) {
  Client client = server_->Open();
  auto reply = StartCreate(AddressBan("", "127.0.0.0/8"));
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(close.reason(), "banned");
  const v1::Ban ban = reply.get().response.ban();
  EXPECT_TRUE(ban.ban_id().starts_with("ban-")) << ban.ban_id();
  EXPECT_EQ(ban.http_status(), 403u);
  EXPECT_EQ(Handshake(), 403);
}

TEST_F(BanTest, AnotherAddressIsNotHarmed) {
  Client client = server_->Open();
  ASSERT_TRUE(Create(AddressBan("there", "192.0.2.0/24")).status.ok());
  ASSERT_TRUE(Create(AddressBan("v6", "::/0")).status.ok());
  client.Echo("unharmed");
  EXPECT_EQ(Handshake(), 101);
}

TEST_F(BanTest, ALabelChoosesAmongThosePresent) {
  Client gold = server_->Open();
  Client free = server_->Open();
  Label(gold.id(), "tier", "gold");
  Label(free.id(), "tier", "free");
  auto reply = StartCreate(LabelBan("free", "tier", "free"));
  free.ReadCloseAndAnswer();
  EXPECT_EQ(reply.get().response.closed_clean_count(), 1);
  gold.Echo("unharmed");
}

TEST_F(BanTest, CountsTheOutcomes) {
  Client good = server_->Open();
  Client cut = server_->Open();
  auto reply = StartCreate(AddressBan("here", kHere));
  good.ReadCloseAndAnswer();
  cut.ReadClose();
  cut.Reset();
  const v1::CreateBanResponse made = reply.get().response;
  EXPECT_EQ(made.closed_clean_count(), 1);
  EXPECT_EQ(made.closed_aborted_count(), 1);
  EXPECT_EQ(made.closed_timeout_count() + made.closed_rejected_count() + made.already_closed_count(), 0);
}

TEST_F(BanTest, ARepetitionFindsTheBanAndOtherContentDoesNot) {
  const v1::Ban first = Create(AddressBan("b", "192.0.2.1")).response.ban();
  const BanReply again = Create(AddressBan("b", "192.0.2.1"));
  ASSERT_TRUE(again.status.ok());
  EXPECT_EQ(again.response.ban().SerializeAsString(), first.SerializeAsString());
  const BanReply other = Create(AddressBan("b", "192.0.2.2"));
  EXPECT_EQ(other.status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(DetailsOf(other.status).reason, "BAN_EXISTS");
  EXPECT_EQ(List().bans_size(), 1);
}

TEST_F(BanTest, AnExpiredBanRefusesNoOne) {
  v1::CreateBanRequest request = AddressBan("short", kHere);
  request.mutable_ban()->mutable_ttl()->set_seconds(0);
  request.mutable_ban()->mutable_ttl()->set_nanos(1'000'000);
  ASSERT_TRUE(Create(request).status.ok());
  EXPECT_TRUE(WaitUntil([this] { return List().bans_size() == 0; }));
  EXPECT_EQ(Handshake(), 101);
  EXPECT_EQ(DetailsOf(Delete("short")).reason, "BAN_NOT_FOUND");
}

TEST_F(BanTest, IgnoresFieldsThatAreOutputOnly) {
  v1::CreateBanRequest request = AddressBan("b", "192.0.2.1");
  request.mutable_ban()->set_ban_id("other");
  request.mutable_ban()->set_actor("mallory");
  request.mutable_ban()->mutable_create_time()->set_seconds(1);
  const v1::Ban ban = Create(request).response.ban();
  EXPECT_EQ(ban.ban_id(), "b");
  EXPECT_EQ(ban.actor(), "");
  EXPECT_GT(ban.create_time().seconds(), 1);
}

TEST_F(BanTest, ListsInPagesByTheirIds) {
  for (const char* id : {"c", "a", "b"}) ASSERT_TRUE(Create(AddressBan(id, "192.0.2.1")).status.ok());
  const v1::ListBansResponse first = List(2);
  ASSERT_EQ(first.bans_size(), 2);
  EXPECT_EQ(first.bans(0).ban_id(), "a");
  EXPECT_EQ(first.bans(1).ban_id(), "b");
  ASSERT_NE(first.next_page_token(), "");
  ASSERT_TRUE(Delete("b").ok());  // the token stays valid
  const v1::ListBansResponse second = List(2, first.next_page_token());
  ASSERT_EQ(second.bans_size(), 1);
  EXPECT_EQ(second.bans(0).ban_id(), "c");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(BanTest, AMissingBanMayBeAllowed) {
  EXPECT_EQ(Delete("none").error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(Delete("none", /*allow_missing=*/true).ok());
}

TEST_F(BanTest, TheBanStaysAndTheClosesContinueWithoutTheCaller) {
  Client deaf = server_->Open();
  const BanReply reply = Create(AddressBan("here", kHere), milliseconds(300));
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(deaf.ReadCloseAndAnswer().reason(), "banned");
  EXPECT_EQ(Handshake(), 403);
}

TEST_F(BanTest, ManyAreClosedAtOnce) {
  std::vector<Client> clients;
  clients.reserve(300);
  for (int i = 0; i < 300; ++i) clients.push_back(server_->Open());
  auto reply = StartCreate(AddressBan("here", kHere));
  for (Client& client : clients) client.ReadCloseAndAnswer();
  EXPECT_EQ(reply.get().response.closed_clean_count(), 300);
}

TEST_F(BanTest, RefuseForBansTheAddressOfOneConnectionAndEndsNoOther) {
  Client kicked = server_->Open();
  Client other = server_->Open();
  auto request = InterruptOf(kicked.id());
  request.mutable_refuse_for()->set_seconds(600);
  auto reply = StartInterrupt(*server_, request);
  EXPECT_EQ(kicked.ReadCloseAndAnswer().reason(), "interrupted");
  const InterruptReply answer = reply.get();
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_EQ(answer.response.ban_id(), kicked.id());
  EXPECT_EQ(Handshake(), 403);
  other.Echo("unharmed");
  ASSERT_EQ(List().bans_size(), 1);
  EXPECT_EQ(List().bans(0).address(), kHere);
  // A repetition joins, and finds the ban or lengthens it.
  EXPECT_EQ(Interrupt(*server_, request).response.ban_id(), kicked.id());
  EXPECT_EQ(List().bans_size(), 1);
}

TEST_F(BanTest, RefuseForOfManyMakesOneBanForOneAddress) {
  std::vector<Client> clients;
  clients.reserve(3);
  for (int i = 0; i < 3; ++i) clients.push_back(server_->Open());
  v1::InterruptConnectionsRequest request;
  request.set_filter("*");
  request.set_all(true);
  request.set_abort(true);
  request.mutable_refuse_for()->set_seconds(600);
  const auto run = [this](const v1::InterruptConnectionsRequest& wanted) {
    grpc::ClientContext context;
    const auto reader = server_->stub().InterruptConnections(&context, wanted);
    v1::InterruptConnectionsResponse last;
    for (v1::InterruptConnectionsResponse next; reader->Read(&next);) last = next;
    EXPECT_TRUE(reader->Finish().ok());
    return last;
  };
  v1::InterruptConnectionsRequest dry = request;
  dry.set_dry_run(true);
  EXPECT_EQ(run(dry).ban_count(), 0);
  EXPECT_EQ(List().bans_size(), 0);
  const auto last = run(request);
  EXPECT_EQ(last.ban_count(), 1);
  EXPECT_EQ(last.closed_aborted_count(), 3);
  ASSERT_EQ(List().bans_size(), 1);
  EXPECT_EQ(List().bans(0).ban_id(), clients.front().id());
  EXPECT_EQ(Handshake(), 403);
}

class BansFileTest : public BanTest {
 public:
  BansFileTest() : BanTest(FlagsWithFile()) {}
  ~BansFileTest() override { std::filesystem::remove_all(Folder()); }

  static std::string Folder() { return ::testing::TempDir() + "/ban_test"; }
  static Flags FlagsWithFile() {
    std::filesystem::create_directories(Folder());
    Flags flags = TestFlags();
    flags.bans_file = Folder() + "/bans";
    return flags;
  }
  void Restart() {
    stub_.reset();
    server_.reset();
    Start(FlagsWithFile());
  }
};

TEST_F(BansFileTest, ABanSurvivesARestart) {
  const v1::Ban ban = Create(AddressBan("here", kHere)).response.ban();
  ASSERT_TRUE(Create(AddressBan("gone", "192.0.2.1")).status.ok());
  ASSERT_TRUE(Delete("gone").ok());
  Restart();
  ASSERT_EQ(List().bans_size(), 1);
  EXPECT_EQ(List().bans(0).SerializeAsString(), ban.SerializeAsString());
  EXPECT_EQ(Handshake(), 403);
}

TEST_F(BansFileTest, AFileThatCannotBeWrittenFailsTheCallAndNothingChanges) {
  std::filesystem::create_directory(Folder() + "/bans.new");
  Client client = server_->Open();
  const grpc::Status status = Create(AddressBan("here", kHere)).status;
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailsOf(status).reason, "BANS_FILE_FAILED");
  auto request = InterruptOf(client.id());
  request.mutable_refuse_for()->set_seconds(600);
  EXPECT_EQ(DetailsOf(Interrupt(*server_, request).status).reason, "BANS_FILE_FAILED");
  client.Echo("unharmed");
  EXPECT_EQ(List().bans_size(), 0);
  EXPECT_EQ(Handshake(), 101);
}

}  // namespace
}  // namespace drawbridge
