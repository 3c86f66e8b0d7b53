#include "services/control/label_fields.h"

#include <fmt/format.h>

#include "gateway/connections/label.h"
#include "services/control/errors.h"

namespace drawbridge {

grpc::Status CheckLabel(const std::string& key, const std::string& value, const std::string& field) {
  if (!IsLabelKey(key)) {
    return InvalidField("LABEL_KEY_MALFORMED", field,
                        fmt::format("has the key \"{}\": 1 to 63 characters of [a-z0-9_.-] are required",
                                    key.size() <= 64 ? key : "of " + std::to_string(key.size()) + " bytes"));
  }
  if (value.size() > kMaxLabelValueBytes) {
    return InvalidField("LABEL_VALUE_TOO_LONG", field,
                        fmt::format("has a value of {} bytes at \"{}\": at most {} are allowed", value.size(),
                                    key, kMaxLabelValueBytes));
  }
  return grpc::Status::OK;
}

}  // namespace drawbridge
