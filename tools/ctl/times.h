// Converts between protobuf times and absl times.
#ifndef DRAWBRIDGE_TOOLS_CTL_TIMES_H_
#define DRAWBRIDGE_TOOLS_CTL_TIMES_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/time/time.h"

namespace drawbridge::ctl {

absl::Time FromProto(const google::protobuf::Timestamp& time);
absl::Duration FromProto(const google::protobuf::Duration& duration);
google::protobuf::Timestamp ToProto(absl::Time time);
google::protobuf::Duration ToProto(absl::Duration duration);

// Parses an expiry: a time in RFC 3339, a duration from `now`, or "never", which gives the infinite future.
// Returns false for any other text.
bool ParseExpiry(const std::string& text, absl::Time now, absl::Time* time);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TIMES_H_
