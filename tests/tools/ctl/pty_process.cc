#include "tests/tools/ctl/pty_process.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "tests/support/patience.h"

namespace drawbridge {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

PtyProcess::PtyProcess(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                       int columns, int rows) {
  // Allocated before the fork, because the child of a process with threads may not allocate.
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> variables = Pointers(environment);
  const winsize size{.ws_row = static_cast<unsigned short>(rows),
                     .ws_col = static_cast<unsigned short>(columns)};
  if (::openpty(&fd_, &own_fd_, nullptr, nullptr, &size) != 0)
    throw std::system_error(errno, std::generic_category(), "openpty");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(fd_);
    if (::login_tty(own_fd_) == 0) ::execve(arguments[0], arguments.data(), variables.data());
    ::_exit(127);
  }
}

PtyProcess::~PtyProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (own_fd_ >= 0) ::close(own_fd_);
  if (fd_ >= 0) ::close(fd_);
}

void PtyProcess::Type(const std::string& keys) {
  if (::write(fd_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::system_error(errno, std::generic_category(), "write");
}

void PtyProcess::WaitFor(const std::string& text) {
  size_t found = std::string::npos;
  const bool came = WaitUntil([&] {
    while (Fill()) {
    }
    found = screen_.find(text, seen_);
    return found != std::string::npos;
  });
  if (!came) throw std::runtime_error("terminal: no \"" + text + "\" in: " + screen_);
  seen_ = found + text.size();
}

termios PtyProcess::Settings() const {
  termios settings{};
  ::tcgetattr(own_fd_, &settings);
  return settings;
}

int PtyProcess::Wait() {
  int status = 0;
  const bool ended = WaitUntil([&] {
    // The program may block until the terminal accepts its output.
    while (Fill()) {
    }
    return ::waitpid(pid_, &status, WNOHANG) == pid_;
  });
  if (!ended) throw std::runtime_error("terminal: the program has not ended; it said: " + screen_);
  pid_ = -1;
  while (Fill()) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool PtyProcess::Fill() {
  pollfd output{fd_, POLLIN, 0};
  if (::poll(&output, 1, 0) <= 0) return false;
  std::array<char, 4096> buffer;
  const ssize_t count = ::read(fd_, buffer.data(), buffer.size());
  if (count <= 0) return false;
  screen_.append(buffer.data(), static_cast<size_t>(count));
  return true;
}

}  // namespace drawbridge
