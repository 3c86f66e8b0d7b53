// What GetConnection must report of a connection that has ended. Shared by the tests of all close causes.
#ifndef DRAWBRIDGE_TESTS_INTEGRATION_CLOSE_RECORD_H_
#define DRAWBRIDGE_TESTS_INTEGRATION_CLOSE_RECORD_H_

#include <cstdint>
#include <string>

#include "tests/support/client.h"
#include "tests/support/running_server.h"

namespace drawbridge {

struct CloseRecord {
  control::v1::CloseInitiator initiator;
  std::string cause;
  // 0: no close frame; 1005: a close frame without a code.
  uint32_t sent_code = 0;
  std::string sent_reason;
  uint32_t received_code = 0;
  std::string received_reason;
  bool clean = false;
  // Unspecified: any outcome except clean.
  control::v1::CloseOutcome outcome = control::v1::CLOSE_OUTCOME_UNSPECIFIED;
};

// The messages that were echoed before the end, and their total size.
struct Echoed {
  uint64_t messages = 0;
  uint64_t bytes = 0;
};

// Waits for the end and compares. The cause then counts as tested: the program fails if a cause of the table
// in gateway/connections/close.h is not tested, unless only some of its tests were selected.
void ExpectRecord(RunningServer& server, const Client& client, const CloseRecord& expected,
                  const Echoed& echoed = {});
// The same for a record that was read earlier, for example during a drain.
void ExpectRecord(const control::v1::Connection& closed, const CloseRecord& expected,
                  const Echoed& echoed = {});

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_INTEGRATION_CLOSE_RECORD_H_
