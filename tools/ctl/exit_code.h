// The exit codes, documented in docs/drawbridgectl.md. Scripts depend on them: do not renumber.
#ifndef DRAWBRIDGE_TOOLS_CTL_EXIT_CODE_H_
#define DRAWBRIDGE_TOOLS_CTL_EXIT_CODE_H_

namespace drawbridge::ctl {

enum class ExitCode {
  kOk = 0,
  kFailed = 1,       // the gateway refused or failed, a node did not answer, the output could not be written
  kUsage = 2,        // invalid command line; INVALID_ARGUMENT
  kNotFound = 3,     // NOT_FOUND
  kUnavailable = 4,  // UNAVAILABLE, DEADLINE_EXCEEDED
  kDeclined = 5,     // not confirmed
  kUnauthenticated = 6,  // UNAUTHENTICATED
  kDenied = 7,           // PERMISSION_DENIED
  kStopped = 130,        // by ^C
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_EXIT_CODE_H_
