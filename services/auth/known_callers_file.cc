#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "services/auth/known_callers.h"

namespace drawbridge {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  const int fd_;
};

[[noreturn]] void RefuseForErrno() {
  throw CallersError(fmt::format("must be a file that can be read ({})", std::strerror(errno)));
}

}  // namespace

std::string ReadCallersFile(const std::string& path, bool* exposed) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0) RefuseForErrno();
  if (!S_ISREG(facts.st_mode)) throw CallersError("must be a file that can be read (not a regular file)");
  *exposed = (facts.st_mode & (S_IROTH | S_IWOTH)) != 0;
  std::string text(KnownCallers::kMaxBytes + 1, '\0');  // one more, so that Parse refuses a larger file
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) RefuseForErrno();
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  text.resize(size);
  return text;
}

}  // namespace drawbridge
