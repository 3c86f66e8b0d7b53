// Texts that describe a connection. They are not escaped for a terminal: the Table does that.
#ifndef DRAWBRIDGE_TOOLS_CTL_DESCRIBE_H_
#define DRAWBRIDGE_TOOLS_CTL_DESCRIBE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "drawbridge/control/v1/control.pb.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {

// For example "open", with a style.
Cell StateCell(const control::v1::Connection& connection);
// For example "team=red tier=gold", sorted by key.
std::string LabelsText(const control::v1::Connection& connection);
// Ends with an ellipsis if the gateway stored only the beginning of the path.
std::string PathText(const control::v1::Connection& connection);
// Time since the connection opened; for a closed connection, how long it was open.
std::string AgeText(const control::v1::Connection& connection, absl::Time now);
// When the last message from the client arrived; if it sent none, when the connection opened. Control frames
// do not count.
absl::Time IdleSince(const control::v1::Connection& connection);
// Time since IdleSince().
std::string IdleText(const control::v1::Connection& connection, absl::Time now);
// For example "1008 interrupted, by control". Empty if the connection is not closing or closed.
std::string CloseText(const control::v1::Connection& connection);
// For example "closed_clean" for INTERRUPT_OUTCOME_CLOSED_CLEAN.
std::string OutcomeText(control::v1::InterruptOutcome outcome);
std::string RoundTripText(const control::v1::Connection& connection);

// All fields of the connection, as pairs of name and text.
std::vector<std::pair<std::string, std::string>> Facts(const control::v1::Connection& connection,
                                                       absl::Time now);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_DESCRIBE_H_
