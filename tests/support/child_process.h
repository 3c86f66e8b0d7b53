// A program run as an operator runs it: its output, its signals, its exit code.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_CHILD_PROCESS_H_
#define DRAWBRIDGE_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace drawbridge {

// Not thread-safe. Calls that wait throw std::runtime_error when nothing happens within kPatience.
class ChildProcess {
 public:
  // `command`: the program's path and its arguments. `environment` holds NAME=VALUE and is all the child
  // gets.
  explicit ChildProcess(const std::vector<std::string>& command,
                        const std::vector<std::string>& environment = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills it where it still runs.
  ~ChildProcess();

  pid_t pid() const { return pid_; }  // until Wait

  // The next line of its standard output, without its end.
  std::string ReadLine();
  // Waits until it has said that on its standard error.
  void WaitForError(const std::string& text);
  void Signal(int signal);

  struct Exit {
    int code = -1;    // minus the signal where one killed it
    std::string out;  // what was not yet read
    std::string err;
  };
  // Waits for its end.
  Exit Wait();

 private:
  bool Fill();  // reads what there is of both outputs; false when both are at their end

  pid_t pid_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  std::string out_;
  std::string err_;
};

// What follows `name`= in the line by which the gateway says that it is ready, such as its address behind ws.
// Throws std::runtime_error where it is not there.
std::string ReadyField(const std::string& ready, const std::string& name);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CHILD_PROCESS_H_
