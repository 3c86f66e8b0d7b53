// Runs a program on a terminal of its own, as a person does.
#ifndef DRAWBRIDGE_TESTS_TOOLS_CTL_PTY_PROCESS_H_
#define DRAWBRIDGE_TESTS_TOOLS_CTL_PTY_PROCESS_H_

#include <sys/types.h>
#include <termios.h>

#include <string>
#include <vector>

namespace drawbridge {

// Not thread-safe. Calls that block throw std::runtime_error after kPatience without progress.
class PtyProcess {
 public:
  PtyProcess(const std::vector<std::string>& command, const std::vector<std::string>& environment,
             int columns = 100, int rows = 30);
  PtyProcess(const PtyProcess&) = delete;
  PtyProcess& operator=(const PtyProcess&) = delete;
  // Kills the program if it still runs.
  ~PtyProcess();

  // Sends keys as if they were typed.
  void Type(const std::string& keys);
  // Blocks until its output since the last call contains `text`. The output after `text` is for the next
  // call.
  void WaitFor(const std::string& text);
  // The current settings of the terminal.
  termios Settings() const;
  // Blocks until it has ended. Returns its exit code, or minus the signal that killed it.
  int Wait();
  // All output so far.
  const std::string& screen() const { return screen_; }

 private:
  bool Fill();  // reads available output; false: none now

  pid_t pid_ = -1;
  int fd_ = -1;
  int own_fd_ = -1;  // the child's side, kept open so that the terminal's settings outlive the child
  std::string screen_;
  size_t seen_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_TOOLS_CTL_PTY_PROCESS_H_
