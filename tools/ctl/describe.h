// A connection in words for people, a fact at a time. None of it is printable yet: a Table sees to that.
#ifndef DRAWBRIDGE_TOOLS_CTL_DESCRIBE_H_
#define DRAWBRIDGE_TOOLS_CTL_DESCRIBE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "drawbridge/control/v1/control.pb.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {

// "open", coloured.
Cell StateCell(const control::v1::Connection& connection);
// "team=red tier=gold", by key.
std::string LabelsText(const control::v1::Connection& connection);
// With an ellipsis where the gateway keeps only its beginning.
std::string PathText(const control::v1::Connection& connection);
// Since it came; of a closed one, how long it was there.
std::string AgeText(const control::v1::Connection& connection, absl::Time now);
// When its last message came; of one that sent none, when it came itself. Pongs do not count.
absl::Time IdleSince(const control::v1::Connection& connection);
// How long ago that is.
std::string IdleText(const control::v1::Connection& connection, absl::Time now);
// "1008 interrupted, by control": empty where nothing is closing it.
std::string CloseText(const control::v1::Connection& connection);
// "closed_clean" of INTERRUPT_OUTCOME_CLOSED_CLEAN.
std::string OutcomeText(control::v1::InterruptOutcome outcome);
std::string RoundTripText(const control::v1::Connection& connection);

// All that is known, by name.
std::vector<std::pair<std::string, std::string>> Facts(const control::v1::Connection& connection,
                                                       absl::Time now);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_DESCRIBE_H_
