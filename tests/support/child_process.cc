#include "tests/support/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "tests/support/patience.h"

namespace drawbridge {
namespace {

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  std::array<int, 2> ends{};
};

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Appends what can be read to `text`. At the end of the file closes `fd` and sets it to -1.
void Take(int& fd, std::string& text) {
  std::array<char, 4096> buffer;
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<size_t>(count));
  } else {
    ::close(std::exchange(fd, -1));
  }
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command,
                           const std::vector<std::string>& environment) {
  const Pipe out;
  const Pipe err;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  const int error = ::posix_spawn(&pid_, command.front().c_str(), &actions, nullptr, Pointers(command).data(),
                                  Pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(out.ends[1]);
  ::close(err.ends[1]);
  out_fd_ = out.ends[0];
  err_fd_ = err.ends[0];
  if (error != 0) throw std::system_error(error, std::generic_category(), command.front());
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_fd_ >= 0) ::close(out_fd_);
  if (err_fd_ >= 0) ::close(err_fd_);
}

bool ChildProcess::Fill() {
  std::array<pollfd, 2> outputs{pollfd{out_fd_, POLLIN, 0}, pollfd{err_fd_, POLLIN, 0}};
  const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience);
  if (out_fd_ < 0 && err_fd_ < 0) return false;
  if (::poll(outputs.data(), outputs.size(), static_cast<int>(patience.count())) <= 0) {
    throw std::runtime_error("child: nothing happened in time; it said: " + out_ + err_);
  }
  if (outputs[0].revents != 0) Take(out_fd_, out_);
  if (outputs[1].revents != 0) Take(err_fd_, err_);
  return true;
}

std::string ChildProcess::ReadLine() {
  size_t end = 0;
  while ((end = out_.find('\n')) == std::string::npos) {
    if (out_fd_ < 0 || !Fill()) throw std::runtime_error("child: no line; it said: " + out_ + err_);
  }
  std::string line = out_.substr(0, end);
  out_.erase(0, end + 1);
  return line;
}

void ChildProcess::WaitForError(const std::string& text) {
  while (err_.find(text) == std::string::npos) {
    if (!Fill()) throw std::runtime_error("child: it ended and said: " + err_);
  }
}

void ChildProcess::Signal(int signal) { ::kill(pid_, signal); }

ChildProcess::Exit ChildProcess::Wait() {
  while (Fill()) {
  }
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
          .out = std::move(out_),
          .err = std::move(err_)};
}

std::string ReadyField(const std::string& ready, const std::string& name) {
  const size_t begin = ready.find(" " + name + "=");
  if (begin == std::string::npos) throw std::runtime_error("no " + name + " in: " + ready);
  const size_t value = begin + name.size() + 2;
  return ready.substr(value, ready.find(' ', value) - value);
}

}  // namespace drawbridge
