// The file of --bans_file, in which the bans survive a restart.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BANS_FILE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BANS_FILE_H_

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"

namespace drawbridge {

// Names the line and what is wrong with it, or says why the file cannot be read. Does not name the file.
class BansFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The format: a line with the version, then a line for each ban, in the JSON form of
// drawbridge.control.v1.Ban with the field names of the contract:
//   {"format":"drawbridge-bans","version":1}
//   {"ban_id":"b1","principal":"alice","code":1008,...}
// Both functions block on the file system.

// The bans that have not expired at `now`. A file that does not exist has none. Throws BansFileError.
std::vector<Ban> ReadBansFile(const std::string& path, WallTime now);

// Replaces the file: writes PATH.new, flushes it to the disk and renames it, so that the file is complete at
// any moment, also after a crash. Returns why it failed. The old file is then in place, unless only the flush
// of the folder failed. Empty: it was replaced.
std::string WriteBansFile(const std::string& path, std::span<const BanPointer> bans);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BANS_FILE_H_
