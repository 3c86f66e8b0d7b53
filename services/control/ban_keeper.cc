#include "services/control/ban_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

#include "services/control/bans_file.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

constexpr size_t kPage = 1000;

grpc::Status OtherContent(const std::string& ban_id) {
  return Failure(grpc::StatusCode::ALREADY_EXISTS, "BAN_EXISTS",
                 fmt::format("there is a ban \"{}\" with other content: delete it first", ban_id));
}

grpc::Status NoBan(const std::string& ban_id) {
  return Failure(grpc::StatusCode::NOT_FOUND, "BAN_NOT_FOUND",
                 fmt::format("there is no ban \"{}\", or it has expired", ban_id));
}

bool HasSmallerId(const BanPointer& a, const BanPointer& b) { return a->ban_id < b->ban_id; }

// In the order of their ids. A page at a time, so that no lookup waits long for the lock.
std::vector<BanPointer> AllOf(Bans& bans) {
  std::vector<BanPointer> all;
  all.reserve(bans.size());
  while (true) {
    auto page = bans.List(all.empty() ? std::string_view() : all.back()->ban_id, kPage);
    if (page.empty()) return all;
    std::ranges::move(page, std::back_inserter(all));
  }
}

}  // namespace

std::vector<Ban> LoadBans(const std::string& path, WallTime now) {
  if (path.empty()) return {};
  const auto fail = [&path](std::string_view what) {
    throw std::runtime_error(fmt::format("--bans_file is \"{}\": {}", path, what));
  };
  std::vector<Ban> bans;
  try {
    bans = ReadBansFile(path, now);
  } catch (const BansFileError& error) {
    fail(error.what());
  }
  std::vector<BanPointer> kept;
  kept.reserve(bans.size());
  for (const Ban& ban : bans) kept.push_back(std::make_shared<const Ban>(ban));
  if (const std::string problem = WriteBansFile(path, kept); !problem.empty()) fail(problem);
  return bans;
}

BanKeeper::~BanKeeper() { thread_.join(); }

void BanKeeper::Create(WantedBan wanted, Made done) {
  boost::asio::post(thread_, [this, wanted = std::move(wanted), done = std::move(done)] {
    BanPointer made;
    const grpc::Status status = CreateNow(wanted, &made);
    done(status, made);
  });
}

void BanKeeper::Lengthen(std::vector<Ban> bans, std::function<void(const grpc::Status&)> done) {
  boost::asio::post(thread_, [this, bans = std::move(bans), done = std::move(done)]() mutable {
    done(LengthenNow(std::move(bans)));
  });
}

void BanKeeper::Delete(std::string ban_id, Made done) {
  boost::asio::post(thread_, [this, ban_id = std::move(ban_id), done = std::move(done)] {
    BanPointer deleted;
    const grpc::Status status = DeleteNow(ban_id, &deleted);
    done(status, deleted);
  });
}

grpc::Status BanKeeper::CreateNow(const WantedBan& wanted, BanPointer* made) {
  *made = bans_.Get(wanted.ban.ban_id);
  if (*made != nullptr) return wanted.IsMetBy(**made) ? grpc::Status::OK : OtherContent(wanted.ban.ban_id);
  *made = std::make_shared<const Ban>(wanted.ban);
  return Put({*made});
}

grpc::Status BanKeeper::LengthenNow(std::vector<Ban> bans) {
  std::vector<BanPointer> longer;
  longer.reserve(bans.size());
  for (Ban& ban : bans) {
    const BanPointer existing = bans_.Get(ban.ban_id);
    if (existing != nullptr && existing->subject != ban.subject) return OtherContent(ban.ban_id);
    if (existing == nullptr || existing->expire_time < ban.expire_time)
      longer.push_back(std::make_shared<const Ban>(std::move(ban)));
  }
  return longer.empty() ? grpc::Status::OK : Put(std::move(longer));
}

grpc::Status BanKeeper::DeleteNow(const std::string& ban_id, BanPointer* deleted) {
  *deleted = bans_.Get(ban_id);
  if (*deleted == nullptr) return NoBan(ban_id);
  if (grpc::Status status = Store({}, ban_id); !status.ok()) return status;
  bans_.Erase(ban_id);
  return grpc::Status::OK;
}

// Only this thread adds bans, so there is still room when the file is written.
grpc::Status BanKeeper::Put(std::vector<BanPointer> added) {
  std::ranges::sort(added, HasSmallerId);
  const auto is_new = [this](const BanPointer& ban) { return bans_.Get(ban->ban_id) == nullptr; };
  const auto more = static_cast<size_t>(std::ranges::count_if(added, is_new));
  if (AllOf(bans_).size() + more > Bans::kMaxBans) return TooManyBans();
  if (grpc::Status status = Store(added); !status.ok()) return status;
  for (const BanPointer& ban : added) {
    if (!bans_.Insert(*ban)) return TooManyBans();
  }
  return grpc::Status::OK;
}

grpc::Status BanKeeper::Store(const std::vector<BanPointer>& added, std::string_view erased) {
  if (path_.empty()) return grpc::Status::OK;
  const std::vector<BanPointer> before = AllOf(bans_);
  std::vector<BanPointer> after;
  after.reserve(before.size() + added.size());
  // Of two with the same id, takes the one of `added`.
  std::ranges::set_union(added, before, std::back_inserter(after), HasSmallerId);
  if (!erased.empty())
    std::erase_if(after, [erased](const BanPointer& ban) { return ban->ban_id == erased; });
  const std::string problem = WriteBansFile(path_, after);
  if (problem.empty()) return grpc::Status::OK;
  return Failure(grpc::StatusCode::UNAVAILABLE, "BANS_FILE_FAILED",
                 fmt::format("--bans_file: {}; nothing has changed", problem));
}

}  // namespace drawbridge
