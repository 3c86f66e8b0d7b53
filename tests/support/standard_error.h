// Redirects standard error to a file that can be read while other threads write to it.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_STANDARD_ERROR_H_
#define DRAWBRIDGE_TESTS_SUPPORT_STANDARD_ERROR_H_

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace drawbridge {

// Redirects from construction to destruction. At most one object may exist at a time.
class StandardError {
 public:
  StandardError() {
    std::fflush(stderr);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  ~StandardError() {
    std::fflush(stderr);
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    std::fclose(file_);
  }
  std::string Read() const {
    std::string text(1 << 20, '\0');
    text.resize(
        static_cast<size_t>(std::max(::pread(::fileno(file_), text.data(), text.size(), 0), ssize_t{0})));
    return text;
  }

 private:
  const int before_ = ::dup(STDERR_FILENO);
  std::FILE* const file_ = std::tmpfile();
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_STANDARD_ERROR_H_
