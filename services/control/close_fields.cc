#include "services/control/close_fields.h"

#include <fmt/format.h>

#include <cstddef>

#include "gateway/base/utf8.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

// RFC 6455, section 5.5: the payload of a control frame has at most 125 bytes. The code takes two of them.
constexpr size_t kMaxReason = 123;
constexpr int32_t kNanosPerSecond = 1'000'000'000;

}  // namespace

grpc::Status ParseCode(uint32_t code, CloseRequest* close, const std::string& field) {
  if (code == 0) return grpc::Status::OK;
  if (!IsOperatorCode(code)) {
    return InvalidField("CODE_FORBIDDEN", field,
                        fmt::format("is {}: {} are allowed, 0 is {}", code, kOperatorCodes, close->code));
  }
  close->code = static_cast<uint16_t>(code);
  return grpc::Status::OK;
}

grpc::Status ParseReason(const std::string& reason, CloseRequest* close, const std::string& field) {
  if (!IsUtf8(reason)) return InvalidField("NOT_UTF8", field, "is not valid UTF-8");
  if (reason.size() > kMaxReason) {
    return InvalidField("REASON_TOO_LONG", field,
                        fmt::format("has {} bytes: at most {} are allowed", reason.size(), kMaxReason));
  }
  if (!reason.empty()) close->reason = reason;
  return grpc::Status::OK;
}

grpc::Status ParseDuration(const std::string& reason, const std::string& field,
                           const google::protobuf::Duration& duration, std::chrono::seconds most,
                           std::chrono::nanoseconds* out) {
  const bool valid =
      duration.nanos() >= 0 && duration.nanos() < kNanosPerSecond && duration.seconds() >= 0 &&
      (duration.seconds() < most.count() || (duration.seconds() == most.count() && duration.nanos() == 0));
  if (!valid) {
    return InvalidField(reason, field,
                        fmt::format("is {} s and {} ns: 0 to {} s are allowed", duration.seconds(),
                                    duration.nanos(), most.count()));
  }
  *out = std::chrono::seconds(duration.seconds()) + std::chrono::nanoseconds(duration.nanos());
  return grpc::Status::OK;
}

}  // namespace drawbridge
