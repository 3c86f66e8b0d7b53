#include "tools/ctl/times.h"

namespace drawbridge::ctl {

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  proto.set_seconds(absl::ToUnixSeconds(time));
  proto.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(absl::ToUnixSeconds(time)))));
  return proto;
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  absl::Duration rest;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return proto;
}

bool ParseExpiry(const std::string& text, absl::Time now, absl::Time* time) {
  if (text == "never") {
    *time = absl::InfiniteFuture();
    return true;
  }
  absl::Duration from_now;
  if (absl::ParseDuration(text, &from_now)) {
    *time = now + from_now;
  } else if (std::string error; !absl::ParseTime(absl::RFC3339_full, text, time, &error)) {
    return false;
  }
  // A duration such as "inf" is not an expiry.
  return *time != absl::InfiniteFuture() && *time != absl::InfinitePast();
}

}  // namespace drawbridge::ctl
