// A program run by a person: on a terminal of its own.
#ifndef DRAWBRIDGE_TESTS_TOOLS_CTL_PTY_PROCESS_H_
#define DRAWBRIDGE_TESTS_TOOLS_CTL_PTY_PROCESS_H_

#include <sys/types.h>
#include <termios.h>

#include <string>
#include <vector>

namespace drawbridge {

// Not thread-safe. Calls that wait throw std::runtime_error when nothing happens within kPatience.
class PtyProcess {
 public:
  PtyProcess(const std::vector<std::string>& command, const std::vector<std::string>& environment,
             int columns = 100, int rows = 30);
  PtyProcess(const PtyProcess&) = delete;
  PtyProcess& operator=(const PtyProcess&) = delete;
  // Kills it where it still runs.
  ~PtyProcess();

  // As typed.
  void Type(const std::string& keys);
  // Waits until what it said since the last call has `text` in it; what comes behind is for the next call.
  void WaitFor(const std::string& text);
  // Of the terminal, as they are now.
  termios Settings() const;
  // Waits for its end: its exit code, or minus the signal that killed it.
  int Wait();
  // Everything so far.
  const std::string& screen() const { return screen_; }

 private:
  bool Fill();  // reads what is there; false: nothing now

  pid_t pid_ = -1;
  int fd_ = -1;
  int own_fd_ = -1;  // the child's side, kept open so that its settings outlive the child
  std::string screen_;
  size_t seen_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_TOOLS_CTL_PTY_PROCESS_H_
