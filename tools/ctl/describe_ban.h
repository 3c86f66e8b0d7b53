// A ban in words.
#ifndef DRAWBRIDGE_TOOLS_CTL_DESCRIBE_BAN_H_
#define DRAWBRIDGE_TOOLS_CTL_DESCRIBE_BAN_H_

#include <string>

#include "drawbridge/control/v1/control.pb.h"

namespace drawbridge::ctl {

// Which clients it refuses: "principal=alice", "address=192.0.2.0/24", "label=tier=free", "token_id=t1".
std::string SubjectText(const control::v1::Ban& ban);

// Takes what SubjectText writes. False where it is none of these.
bool ParseSubject(const std::string& text, control::v1::Ban* ban);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_DESCRIBE_BAN_H_
