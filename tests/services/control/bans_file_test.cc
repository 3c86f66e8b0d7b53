// The file of --bans_file: what is written is read again, and what is damaged is refused with its line.
#include "services/control/bans_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "services/control/ban_keeper.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kHeader[] = "{\"format\":\"drawbridge-bans\",\"version\":1}\n";
constexpr char kBan[] =
    "{\"ban_id\":\"b1\",\"principal\":\"alice\",\"create_time\":\"2023-11-14T22:00:00Z\","
    "\"expire_time\":\"2023-11-15T22:00:00Z\"}\n";

class BansFileTest : public ::testing::Test {
 public:
  BansFileTest() { std::filesystem::create_directories(folder_); }
  ~BansFileTest() override {
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
    std::filesystem::remove_all(folder_);
  }

  void Fill(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  std::string Text() const {
    std::stringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  std::string ReadError() const {
    try {
      ReadBansFile(path_, clock_.Wall());
    } catch (const BansFileError& error) {
      return error.what();
    }
    return "";
  }
  Ban BanOf(const std::string& id, BanSubject subject, std::chrono::nanoseconds lasts = hours(1)) const {
    Ban ban;
    ban.ban_id = id;
    ban.subject = std::move(subject);
    ban.create_time = clock_.Wall();
    ban.expire_time = clock_.Wall() + lasts;
    return ban;
  }
  std::vector<std::string> IdsInFile() const {
    std::vector<std::string> ids;
    for (const Ban& ban : ReadBansFile(path_, clock_.Wall())) ids.push_back(ban.ban_id);
    return ids;
  }

  const std::string folder_ = ::testing::TempDir() + "/bans_file_test";
  const std::string path_ = folder_ + "/bans";
  ManualClock clock_;
};

TEST_F(BansFileTest, ReadsWhatItWrites) {
  std::vector<BanPointer> bans;
  Ban full = BanOf("b1", BannedPrincipal{"CN=\"alice\"\n\\ \xC3\xBC"});
  full.code = 4001;
  full.reason = "abuse \xE2\x82\xAC";
  full.http_status = 451;
  full.actor = "olga";
  full.create_time += std::chrono::nanoseconds(123'456'789);
  full.expire_time = full.create_time + kMaxBanTime;
  bans.push_back(std::make_shared<Ban>(full));
  bans.push_back(std::make_shared<Ban>(BanOf("b2", *IpNetwork::Parse("192.0.2.0/24"))));
  bans.push_back(std::make_shared<Ban>(BanOf("b3", *IpNetwork::Parse("2001:db8::1"))));
  bans.push_back(std::make_shared<Ban>(BanOf("b4", BannedLabel{"tier", ""})));
  bans.push_back(std::make_shared<Ban>(BanOf("b5", BannedToken{"{\"jti\":1}"})));
  ASSERT_EQ(WriteBansFile(path_, bans), "");
  const std::vector<Ban> read = ReadBansFile(path_, clock_.Wall());
  ASSERT_EQ(read.size(), bans.size());
  for (size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].ban_id, bans[i]->ban_id);
    EXPECT_EQ(read[i].subject, bans[i]->subject);
    EXPECT_EQ(read[i].code, bans[i]->code);
    EXPECT_EQ(read[i].reason, bans[i]->reason);
    EXPECT_EQ(read[i].http_status, bans[i]->http_status);
    EXPECT_EQ(read[i].create_time, bans[i]->create_time);
    EXPECT_EQ(read[i].expire_time, bans[i]->expire_time);
    EXPECT_EQ(read[i].actor, bans[i]->actor);
  }
}

TEST_F(BansFileTest, OnlyTheOwnerMayReadIt) {
  ASSERT_EQ(WriteBansFile(path_, {}), "");
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
  EXPECT_EQ(Text(), kHeader);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(BansFileTest, AFileThatDoesNotExistHasNoBans) { EXPECT_EQ(IdsInFile(), std::vector<std::string>()); }

TEST_F(BansFileTest, TakesALineThatAPersonWrites) {
  Fill(std::string(kHeader) + kBan);
  const std::vector<Ban> read = ReadBansFile(path_, clock_.Wall());
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].code, Ban::kDefaultCode);
  EXPECT_EQ(read[0].reason, "banned");
  EXPECT_EQ(read[0].http_status, Ban::kDefaultHttpStatus);
}

TEST_F(BansFileTest, LeavesOutWhatHasExpired) {
  Fill(std::string(kHeader) + kBan);
  clock_.Advance(hours(24));
  EXPECT_EQ(IdsInFile(), std::vector<std::string>());
}

TEST_F(BansFileTest, NamesTheDamagedLine) {
  const std::string ban = kBan;
  const auto with = [&ban](const std::string& part, const std::string& other) {
    std::string changed = ban;
    return changed.replace(changed.find(part), part.size(), other);
  };
  const std::string b2 = with("b1", "b2");
  const std::vector<std::pair<std::string, std::string>> damaged{
      {"", "line 1: must be {\"format\""},
      {ban, "line 1: "},
      {"{\"format\":\"drawbridge-bans\",\"version\":2}\n", "line 1: "},
      {kHeader + ban + "\n", "line 3: is no ban"},
      {kHeader + ban + b2.substr(0, b2.size() / 2), "line 3: has no end of line"},
      {kHeader + ban + b2.substr(0, b2.size() - 1), "line 3: has no end of line"},
      {kHeader + ban + b2.substr(0, b2.size() / 2) + "\n", "line 3: is no ban"},
      {kHeader + ban + ban, "line 3: has the ban_id of line 2"},
      {kHeader + with("\"principal\"", "\"principle\""), "line 2: is no ban"},
      {kHeader + with("\"principal\":\"alice\",", ""), "line 2: ban: has no subject"},
      {kHeader + with("\"principal\":\"alice\"", "\"address\":\"10.0.0.1/8\""), "line 2: ban.address: "},
      {kHeader + with("\"b1\"", "\"B1\""), "line 2: ban_id: "},
      {kHeader + with("2023-11-15", "2024-11-15"), "line 2: ban.expire_time: "},
      {kHeader + with("2023-11-15", "2023-11-13"), "line 2: ban.expire_time: "},
      {kHeader + with("\"expire_time\":\"2023-11-15T22:00:00Z\"", "\"ttl\":\"60s\""),
       "line 2: ban.expire_time: "},
      {kHeader + with("\"principal\"", "\"code\":1005,\"principal\""), "line 2: ban.code: "},
      {kHeader + with("\"principal\"", "\"http_status\":500,\"principal\""), "line 2: ban.http_status: "},
      {std::string(kHeader) + '\0' + "\n", "line 2: is no ban"},
  };
  for (const auto& [text, error] : damaged) {
    Fill(text);
    EXPECT_THAT(ReadError(), StartsWith(error)) << text;
  }
}

TEST_F(BansFileTest, RefusesWhatIsNoFile) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(ReadError(), "is not a regular file");
}

TEST_F(BansFileTest, AFailedWriteLeavesTheOldFile) {
  Fill(std::string(kHeader) + kBan);
  std::filesystem::create_directory(path_ + ".new");  // cannot be opened for writing, also not by root
  EXPECT_THAT(WriteBansFile(path_, {}), HasSubstr("cannot create"));
  EXPECT_EQ(Text(), std::string(kHeader) + kBan);
}

// The keeper, by which the calls change the bans.
class BanKeeperTest : public BansFileTest {
 public:
  void Start(const std::string& path) {
    keeper_.reset();
    bans_ = std::make_unique<Bans>(&clock_);
    for (Ban& ban : LoadBans(path, clock_.Wall())) EXPECT_TRUE(bans_->Insert(std::move(ban)));
    keeper_ = std::make_unique<BanKeeper>(path, bans_.get());
  }

  StatusFacts Create(const Ban& ban, bool by_ttl = false) {
    std::promise<grpc::Status> promise;
    keeper_->Create({.ban = ban, .by_ttl = by_ttl}, [&](const grpc::Status& status, const BanPointer& made) {
      made_ = made;
      promise.set_value(status);
    });
    return FactsOf(promise.get_future().get());
  }
  StatusFacts Delete(const std::string& id) {
    std::promise<grpc::Status> promise;
    keeper_->Delete(id, [&](const grpc::Status& status, const BanPointer&) { promise.set_value(status); });
    return FactsOf(promise.get_future().get());
  }
  StatusFacts Lengthen(std::vector<Ban> bans) {
    std::promise<grpc::Status> promise;
    keeper_->Lengthen(std::move(bans), [&](const grpc::Status& status) { promise.set_value(status); });
    return FactsOf(promise.get_future().get());
  }
  bool Refuses(const std::string& principal) {
    return bans_->FindIdentity({.principal = principal, .token_id = {}, .labels = {}}).has_value();
  }

  const StatusFacts kOk{grpc::StatusCode::OK, "", ""};
  const StatusFacts kFailed{grpc::StatusCode::UNAVAILABLE, "BANS_FILE_FAILED", ""};
  std::unique_ptr<Bans> bans_;
  std::unique_ptr<BanKeeper> keeper_;
  BanPointer made_;
};

TEST_F(BanKeeperTest, BansSurviveARestart) {
  Start(path_);
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"alice"})), kOk);
  EXPECT_EQ(Create(BanOf("b2", BannedPrincipal{"bob"}, minutes(1))), kOk);
  EXPECT_EQ(Create(BanOf("b3", BannedPrincipal{"carol"})), kOk);
  EXPECT_EQ(Delete("b3"), kOk);
  EXPECT_EQ(IdsInFile(), (std::vector<std::string>{"b1", "b2"}));
  clock_.Advance(minutes(1));
  Start(path_);
  EXPECT_TRUE(Refuses("alice"));
  EXPECT_FALSE(Refuses("bob"));
  EXPECT_FALSE(Refuses("carol"));
  EXPECT_THAT(Text(), ::testing::Not(HasSubstr("bob")));  // the start has dropped its line
}

TEST_F(BanKeeperTest, WithoutAFileBansAreInMemoryAlone) {
  Start("");
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"alice"})), kOk);
  EXPECT_TRUE(Refuses("alice"));
  Start("");
  EXPECT_FALSE(Refuses("alice"));
}

TEST_F(BanKeeperTest, ADamagedFileStopsTheStart) {
  Fill(std::string(kHeader) + kBan + "{}\n");
  try {
    Start(path_);
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, path_.size() + 30),
              ("--bans_file is \"" + path_ + "\": line 3: ban_id: ").substr(0, path_.size() + 30));
  }
  EXPECT_THAT(Text(), HasSubstr("alice"));
}

TEST_F(BanKeeperTest, AFileThatCannotBeWrittenStopsTheStart) {
  EXPECT_THROW(Start(folder_ + "/missing/bans"), std::runtime_error);
}

TEST_F(BanKeeperTest, AFailedWriteChangesNothing) {
  Start(path_);
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"alice"})), kOk);
  std::filesystem::create_directory(path_ + ".new");
  EXPECT_EQ(Create(BanOf("b2", BannedPrincipal{"bob"})), kFailed);
  EXPECT_EQ(Lengthen({BanOf("b3", BannedPrincipal{"carol"})}), kFailed);
  EXPECT_EQ(Delete("b1"), kFailed);
  EXPECT_TRUE(Refuses("alice"));
  EXPECT_FALSE(Refuses("bob"));
  EXPECT_FALSE(Refuses("carol"));
  EXPECT_EQ(IdsInFile(), std::vector<std::string>{"b1"});
  std::filesystem::remove(path_ + ".new");
  EXPECT_EQ(Create(BanOf("b2", BannedPrincipal{"bob"})), kOk);
}

TEST_F(BanKeeperTest, ARepetitionFindsTheBanAndOtherContentDoesNot) {
  const StatusFacts exists{grpc::StatusCode::ALREADY_EXISTS, "BAN_EXISTS", ""};
  Start(path_);
  const Ban first = BanOf("b1", BannedPrincipal{"alice"});
  EXPECT_EQ(Create(first, true), kOk);
  clock_.Advance(minutes(1));
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"alice"}), true), kOk);  // the same ttl, later
  EXPECT_EQ(made_->expire_time, first.expire_time);
  EXPECT_EQ(Create(first), kOk);  // the same expire_time
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"alice"})), exists);
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"alice"}, hours(2)), true), exists);
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"bob"}), true), exists);
  EXPECT_EQ(Create(BanOf("b1", BannedToken{"alice"}), true), exists);
  Ban other = first;
  other.code = 4000;
  EXPECT_EQ(Create(other), exists);
  other = first;
  other.reason = "other";
  EXPECT_EQ(Create(other), exists);
  other = first;
  other.http_status = 404;
  EXPECT_EQ(Create(other), exists);
  other = first;
  other.actor = "somebody else";  // no content
  EXPECT_EQ(Create(other), kOk);
  clock_.Advance(hours(1));  // the first one has expired
  EXPECT_EQ(Create(BanOf("b1", BannedPrincipal{"bob"})), kOk);
}

TEST_F(BanKeeperTest, LengthensAndNeverShortens) {
  Start(path_);
  EXPECT_EQ(Lengthen({BanOf("b1", BannedPrincipal{"alice"}), BanOf("b0", BannedPrincipal{"bob"})}), kOk);
  EXPECT_EQ(Lengthen({BanOf("b1", BannedPrincipal{"alice"}, hours(3))}), kOk);
  EXPECT_EQ(Lengthen({BanOf("b1", BannedPrincipal{"alice"}, hours(2))}), kOk);
  EXPECT_EQ(bans_->Get("b1")->expire_time, clock_.Wall() + hours(3));
  EXPECT_EQ(IdsInFile(), (std::vector<std::string>{"b0", "b1"}));
  EXPECT_EQ(FactsOf(grpc::Status::OK), kOk);
  EXPECT_EQ(Lengthen({BanOf("b2", BannedPrincipal{"carol"}), BanOf("b1", BannedPrincipal{"carol"})}).reason,
            "BAN_EXISTS");
  EXPECT_FALSE(Refuses("carol"));  // all or none
}

TEST_F(BanKeeperTest, AMissingBanCannotBeDeleted) {
  Start(path_);
  EXPECT_EQ(Delete("b1"), (StatusFacts{grpc::StatusCode::NOT_FOUND, "BAN_NOT_FOUND", ""}));
}

TEST_F(BanKeeperTest, HoldsAHundredThousandInTheFileAndNoMore) {
  Start(path_);
  std::vector<Ban> bans;
  bans.reserve(Bans::kMaxBans + 1);
  for (size_t i = 0; i < Bans::kMaxBans; ++i) {
    const std::string number = std::to_string(i);
    bans.push_back(BanOf("b" + number, BannedPrincipal{"user-" + number}));
  }
  bans.push_back(BanOf("one-more", BannedPrincipal{"alice"}));
  const StatusFacts full{grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_BANS", ""};
  EXPECT_EQ(Lengthen(bans), full);
  EXPECT_EQ(bans_->size(), 0u);
  bans.pop_back();
  EXPECT_EQ(Lengthen(std::move(bans)), kOk);
  EXPECT_EQ(Create(BanOf("one-more", BannedPrincipal{"alice"})), full);
  Start(path_);
  EXPECT_EQ(bans_->size(), Bans::kMaxBans);
  EXPECT_TRUE(Refuses("user-99999"));
}

}  // namespace
}  // namespace drawbridge
