#include "services/control/bans_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "drawbridge/control/v1/control.pb.h"
#include "services/control/ban_fields.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
namespace json = google::protobuf::util;

constexpr std::string_view kHeader = R"({"format":"drawbridge-bans","version":1})";
constexpr size_t kWriteBytes = 1 << 20;  // written at once
constexpr mode_t kMode = 0600;           // only the owner may read principals

[[noreturn]] void Refuse(size_t line, const std::string& what) {
  throw BansFileError(fmt::format("line {}: {}", line, what));
}

std::string ErrorText() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): glibc's is safe

Ban ParseLine(const std::string& line, size_t number) {
  v1::Ban stored;
  const auto parsed = json::JsonStringToMessage(line, &stored);
  if (!parsed.ok()) Refuse(number, std::string("is no ban: ").append(parsed.ToString()));
  Ban ban;
  if (const grpc::Status status = ParseStoredBan(stored, &ban); !status.ok())
    Refuse(number, status.error_message());
  return ban;
}

std::string LineOf(const Ban& ban) {
  v1::Ban stored;
  Describe(ban, &stored);
  json::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  // Fails only for a message that is not well-formed.
  if (!json::MessageToJsonString(stored, &line, options).ok()) return {};
  return line.append("\n");
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  const int number_;
};

bool Write(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

bool WriteLines(int file, std::span<const BanPointer> bans) {
  std::string bytes(kHeader);
  bytes.append("\n");
  for (const BanPointer& ban : bans) {
    bytes.append(LineOf(*ban));
    if (bytes.size() < kWriteBytes) continue;
    if (!Write(file, bytes)) return false;
    bytes.clear();
  }
  return Write(file, bytes);
}

bool FlushFolder(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  const Descriptor descriptor(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return descriptor.ok() && ::fsync(descriptor.number()) == 0;
}

}  // namespace

std::vector<Ban> ReadBansFile(const std::string& path, WallTime now) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT) return {};
    throw BansFileError(ErrorText());
  }
  if (!S_ISREG(facts.st_mode)) throw BansFileError("is not a regular file");
  std::ifstream file(path);
  if (!file) throw BansFileError("cannot be read: " + ErrorText());
  std::string line;
  if (!std::getline(file, line) || line != kHeader) Refuse(1, fmt::format("must be {}", kHeader));
  std::vector<Ban> bans;
  std::unordered_map<std::string, size_t> lines;
  for (size_t number = 2; std::getline(file, line); ++number) {
    if (file.eof()) Refuse(number, "has no end of line: the file is cut");
    Ban ban = ParseLine(line, number);
    const auto [twin, is_new] = lines.emplace(ban.ban_id, number);
    if (!is_new) Refuse(number, fmt::format("has the ban_id of line {}: must be unique", twin->second));
    if (ban.expire_time <= now) continue;
    if (bans.size() == Bans::kMaxBans)
      Refuse(number, fmt::format("is one more than the {} bans that are allowed", Bans::kMaxBans));
    bans.push_back(std::move(ban));
  }
  if (file.bad()) throw BansFileError("cannot be read: " + ErrorText());
  return bans;
}

std::string WriteBansFile(const std::string& path, std::span<const BanPointer> bans) {
  const std::string fresh = path + ".new";
  const auto failed = [&fresh](std::string_view what) {
    std::string text = fmt::format("{}: {}", what, ErrorText());
    ::unlink(fresh.c_str());
    return text;
  };
  {
    const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
    if (!file.ok()) return failed("cannot create " + fresh);
    if (!WriteLines(file.number(), bans)) return failed("cannot write " + fresh);
    if (::fsync(file.number()) != 0) return failed("cannot flush " + fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed("cannot rename " + fresh);
  if (!FlushFolder(path)) return fmt::format("cannot flush the folder of {}: {}", path, ErrorText());
  return {};
}

}  // namespace drawbridge
