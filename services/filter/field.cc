#include "services/filter/field.h"

#include <algorithm>
#include <array>

namespace drawbridge {
namespace {

constexpr std::array kFields = {
    FieldInfo{Field::kConnectionId, FieldType::kText, "connection_id"},
    FieldInfo{Field::kNodeId, FieldType::kText, "node_id"},
    FieldInfo{Field::kPrincipal, FieldType::kText, "principal"},
    FieldInfo{Field::kRemoteAddress, FieldType::kText, "remote_address"},
    FieldInfo{Field::kRemoteIp, FieldType::kAddress, "remote_ip"},
    FieldInfo{Field::kPath, FieldType::kText, "path"},
    FieldInfo{Field::kSubprotocol, FieldType::kText, "subprotocol"},
    FieldInfo{Field::kUserAgent, FieldType::kText, "user_agent"},
    FieldInfo{Field::kOrigin, FieldType::kText, "origin"},
    FieldInfo{Field::kTls, FieldType::kBoolean, "tls"},
    FieldInfo{Field::kState, FieldType::kState, "state"},
    FieldInfo{Field::kLabels, FieldType::kLabels, "labels"},
    FieldInfo{Field::kCreateTime, FieldType::kTime, "create_time"},
    FieldInfo{Field::kLastReceiveTime, FieldType::kTime, "last_receive_time"},
    FieldInfo{Field::kLastMessageTime, FieldType::kTime, "last_message_time"},
    FieldInfo{Field::kExpireTime, FieldType::kTime, "expire_time"},
    FieldInfo{Field::kReceivedMessages, FieldType::kNumber, "received_messages"},
    FieldInfo{Field::kReceivedBytes, FieldType::kNumber, "received_bytes"},
    FieldInfo{Field::kSentMessages, FieldType::kNumber, "sent_messages"},
    FieldInfo{Field::kSentBytes, FieldType::kNumber, "sent_bytes"},
    FieldInfo{Field::kSendQueueMessages, FieldType::kNumber, "send_queue_messages"},
    FieldInfo{Field::kSendQueueBytes, FieldType::kNumber, "send_queue_bytes"},
    FieldInfo{Field::kRoundTripTime, FieldType::kDuration, "round_trip_time"},
    FieldInfo{Field::kTokenId, FieldType::kText, "token_id"},
};

}  // namespace

const FieldInfo* FindField(std::string_view name) {
  const auto* const found = std::ranges::find(kFields, name, &FieldInfo::name);
  return found == kFields.end() ? nullptr : found;
}

std::string_view NameOf(Field field) { return std::ranges::find(kFields, field, &FieldInfo::field)->name; }

std::string FieldNames() {
  std::string names;
  for (const FieldInfo& info : kFields) {
    if (!names.empty()) names += ", ";
    names += info.name;
    if (info.field == Field::kLabels) names += ".KEY";
  }
  return names;
}

}  // namespace drawbridge
