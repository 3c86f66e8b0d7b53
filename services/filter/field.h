// The fields that a filter may name: those of drawbridge.control.v1.Connection, by their names there, and
// remote_ip, which is remote_address without its port.
#ifndef DRAWBRIDGE_SERVICES_FILTER_FIELD_H_
#define DRAWBRIDGE_SERVICES_FILTER_FIELD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/connections/label.h"  // IsLabelKey

namespace drawbridge {

enum class Field : uint8_t {
  kConnectionId,
  kNodeId,
  kPrincipal,
  kRemoteAddress,
  kRemoteIp,
  kPath,
  kSubprotocol,
  kUserAgent,
  kOrigin,
  kTls,
  kState,
  kLabels,
  kCreateTime,
  kLastReceiveTime,
  kLastMessageTime,
  kExpireTime,
  kReceivedMessages,
  kReceivedBytes,
  kSentMessages,
  kSentBytes,
  kSendQueueMessages,
  kSendQueueBytes,
  kRoundTripTime,
  kTokenId,
};

// The type of a field's values.
enum class FieldType : uint8_t { kText, kAddress, kBoolean, kState, kLabels, kTime, kNumber, kDuration };

struct FieldInfo {
  Field field;
  FieldType type;
  std::string_view name;
};

// nullptr if there is no such field.
const FieldInfo* FindField(std::string_view name);

std::string_view NameOf(Field field);

// All names, separated by commas, for error messages.
std::string FieldNames();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_FIELD_H_
