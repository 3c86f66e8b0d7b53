// What GetConnection must tell of a connection that has ended, for the tests of every way to end.
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
  // 0: no close frame, 1005: one without a code.
  uint32_t sent_code = 0;
  std::string sent_reason;
  uint32_t received_code = 0;
  std::string received_reason;
  bool clean = false;
  // Unspecified: any but clean.
  control::v1::CloseOutcome outcome = control::v1::CLOSE_OUTCOME_UNSPECIFIED;
};

// Messages that were echoed before the end, and what they came to.
struct Echoed {
  uint64_t messages = 0;
  uint64_t bytes = 0;
};

// Waits for the end and compares. The cause then counts as tested: the program fails where one of the table
// in gateway/connections/close.h is not, unless only some of its tests were asked for.
void ExpectRecord(RunningServer& server, const Client& client, const CloseRecord& expected,
                  const Echoed& echoed = {});
// The same for what only an earlier call can show, such as one during the drain.
void ExpectRecord(const control::v1::Connection& closed, const CloseRecord& expected,
                  const Echoed& echoed = {});

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_INTEGRATION_CLOSE_RECORD_H_
