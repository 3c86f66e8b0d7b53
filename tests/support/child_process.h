// Runs a program as an operator does: its output, signals and exit code.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_CHILD_PROCESS_H_
#define DRAWBRIDGE_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace drawbridge {

// Not thread-safe. Calls that block throw std::runtime_error after kPatience without progress.
class ChildProcess {
 public:
  // `command`: the program's path and its arguments. `environment`: NAME=VALUE entries, the whole environment
  // of the child.
  explicit ChildProcess(const std::vector<std::string>& command,
                        const std::vector<std::string>& environment = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills the program if it still runs.
  ~ChildProcess();

  pid_t pid() const { return pid_; }  // valid until Wait

  // Returns the next line of its standard output without the line end. Blocks.
  std::string ReadLine();
  // Blocks until its standard error contains `text`.
  void WaitForError(const std::string& text);
  void Signal(int signal);

  struct Exit {
    int code = -1;    // or minus the signal that killed it
    std::string out;  // the output that was not read yet
    std::string err;
  };
  // Blocks until it has ended.
  Exit Wait();

 private:
  bool Fill();  // reads available output; false when both streams have ended

  pid_t pid_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  std::string out_;
  std::string err_;
};

// Returns the value of `name`= in the ready line of the gateway, such as the address after ws. Throws
// std::runtime_error if it is missing.
std::string ReadyField(const std::string& ready, const std::string& name);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CHILD_PROCESS_H_
