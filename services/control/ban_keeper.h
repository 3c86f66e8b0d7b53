// Changes the bans: first in the file, then in memory.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BAN_KEEPER_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BAN_KEEPER_H_

#include <grpcpp/support/status.h>

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "services/control/ban_fields.h"

namespace drawbridge {

// The bans that are in the file and have not expired at `now`. Writes the file again without the others,
// which shows that it can be written. `path` empty: no file, no bans. Throws std::exception, which says what
// is wrong with which file. Blocks on the file system.
std::vector<Ban> LoadBans(const std::string& path, WallTime now);

// Makes one change after another on a thread of its own, since a change may wait for the disk. If the file
// cannot be written, the change fails with BANS_FILE_FAILED and nothing has changed. Thread-safe; no call
// blocks. Each `done` is called once, on that thread, and must not block.
class BanKeeper {
 public:
  // `path`: as LoadBans takes it. `bans` has what LoadBans returned. It must outlive the keeper, and nothing
  // else may add bans or erase them.
  BanKeeper(std::string path, Bans* bans) : path_(std::move(path)), bans_(*bans) {}
  // Waits until the changes that were asked for are made and their `done` was called.
  ~BanKeeper();

  // Adds a ban. If there is one with its id that has the content that is wanted, that one stays and is the
  // result; with other content, ALREADY_EXISTS.
  using Made = std::function<void(const grpc::Status& status, const BanPointer& ban)>;
  void Create(WantedBan wanted, Made done);

  // Adds all bans or none. One with the id and the subject of an existing ban replaces it if it lasts longer;
  // otherwise the existing one stays.
  void Lengthen(std::vector<Ban> bans, std::function<void(const grpc::Status& status)> done);

  // The result is the ban that was deleted; NOT_FOUND if there is none.
  void Delete(std::string ban_id, Made done);

 private:
  grpc::Status CreateNow(const WantedBan& wanted, BanPointer* made);
  grpc::Status LengthenNow(std::vector<Ban> bans);
  grpc::Status DeleteNow(const std::string& ban_id, BanPointer* deleted);
  grpc::Status Put(std::vector<BanPointer> added);
  grpc::Status Store(const std::vector<BanPointer>& added, std::string_view erased = {});

  const std::string path_;
  Bans& bans_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BAN_KEEPER_H_
