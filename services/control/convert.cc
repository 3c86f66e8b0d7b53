#include "services/control/convert.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

v1::ConnectionState ToProto(ConnectionState state) {
  switch (state) {
    case ConnectionState::kOpen:
      return v1::CONNECTION_STATE_OPEN;
    case ConnectionState::kClosing:
      return v1::CONNECTION_STATE_CLOSING;
    case ConnectionState::kClosed:
      return v1::CONNECTION_STATE_CLOSED;
  }
  return v1::CONNECTION_STATE_UNSPECIFIED;
}

v1::CloseInitiator ToProto(CloseInitiator initiator) {
  switch (initiator) {
    case CloseInitiator::kClient:
      return v1::CLOSE_INITIATOR_CLIENT;
    case CloseInitiator::kControl:
      return v1::CLOSE_INITIATOR_CONTROL;
    case CloseInitiator::kBackend:
      return v1::CLOSE_INITIATOR_BACKEND;
    case CloseInitiator::kGateway:
      return v1::CLOSE_INITIATOR_GATEWAY;
    case CloseInitiator::kDrain:
      return v1::CLOSE_INITIATOR_DRAIN;
    case CloseInitiator::kNetwork:
      return v1::CLOSE_INITIATOR_NETWORK;
  }
  return v1::CLOSE_INITIATOR_UNSPECIFIED;
}

v1::CloseOutcome ToProto(CloseOutcome outcome) {
  switch (outcome) {
    case CloseOutcome::kClean:
      return v1::CLOSE_OUTCOME_CLEAN;
    case CloseOutcome::kTimeout:
      return v1::CLOSE_OUTCOME_TIMEOUT;
    case CloseOutcome::kAborted:
      return v1::CLOSE_OUTCOME_ABORTED;
    case CloseOutcome::kRejected:
      return v1::CLOSE_OUTCOME_REJECTED;
  }
  return v1::CLOSE_OUTCOME_UNSPECIFIED;
}

void DescribeClose(const Connection& connection, ConnectionState state, const Clock& clock, v1::Close* out) {
  const auto request = connection.close_request();
  if (!request.has_value()) return;
  const CloseCauseInfo& cause = Describe(request->cause);
  out->set_initiator(ToProto(cause.initiator));
  out->set_cause(std::string(cause.word));
  out->set_actor(request->actor);
  const CloseResult result = connection.close_progress();
  out->set_sent_code(result.sent_code);
  out->set_sent_reason(result.sent_reason);
  out->set_received_code(result.received_code);
  out->set_received_reason(result.received_reason);
  if (state != ConnectionState::kClosed) return;
  out->set_outcome(ToProto(result.outcome));
  out->set_clean(result.clean());
  *out->mutable_close_time() = drawbridge::ToProto(clock.ToWall(result.close_time));
}

void DescribeCuts(uint8_t cut_texts, v1::Connection* out) {
  if ((cut_texts & kCutPath) != 0) out->add_truncated_fields("path");
  if ((cut_texts & kCutUserAgent) != 0) out->add_truncated_fields("user_agent");
  if ((cut_texts & kCutOrigin) != 0) out->add_truncated_fields("origin");
}

void DescribeAttributes(const Attributes& attributes, v1::Connection* out) {
  for (const auto& [key, value] : attributes.labels) (*out->mutable_labels())[key] = value;
  if (attributes.expire_time.has_value())
    *out->mutable_expire_time() = drawbridge::ToProto(*attributes.expire_time);
  out->set_token_id(attributes.token_id);
}

}  // namespace

google::protobuf::Timestamp ToProto(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds.time_since_epoch().count());
  timestamp.set_nanos(static_cast<int32_t>((time - seconds).count()));
  return timestamp;
}

std::optional<WallTime> FromProto(const google::protobuf::Timestamp& timestamp) {
  constexpr int32_t kNanosPerSecond = 1'000'000'000;
  constexpr int64_t kLast =
      std::chrono::floor<std::chrono::seconds>(WallTime::max()).time_since_epoch().count();
  const int64_t seconds = timestamp.seconds();
  const int32_t nanos = timestamp.nanos();
  if (seconds < 0 || seconds >= kLast || nanos < 0 || nanos >= kNanosPerSecond) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanos));
}

google::protobuf::Duration ToProto(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  google::protobuf::Duration proto;
  proto.set_seconds(seconds.count());
  proto.set_nanos(static_cast<int32_t>((duration - seconds).count()));
  return proto;
}

void Describe(const Connection& connection, const std::string& node_id, const Clock& clock,
              v1::Connection* out) {
  // The state is read once, since it may change concurrently.
  Describe(connection, connection.state(), node_id, clock, out);
}

void Describe(const Connection& connection, ConnectionState state, const std::string& node_id,
              const Clock& clock, v1::Connection* out) {
  const ConnectionInfo info = connection.info();
  out->set_connection_id(std::string(info.id));
  out->set_node_id(node_id);
  out->set_state(ToProto(state));
  out->set_principal(std::string(info.principal));
  out->set_remote_address(std::string(info.remote_address));
  out->set_path(std::string(info.path));
  out->set_subprotocol(std::string(info.subprotocol));
  out->set_user_agent(std::string(info.user_agent));
  out->set_origin(std::string(info.origin));
  out->set_tls(info.tls);
  DescribeCuts(info.cut_texts, out);
  *out->mutable_create_time() = ToProto(info.create_wall_time);
  const AttributesPointer attributes = connection.attributes();
  out->set_revision(attributes == nullptr ? 1 : attributes->revision);
  if (attributes != nullptr) DescribeAttributes(*attributes, out);

  const Connection::Traffic& traffic = connection.traffic();
  const SteadyTime last_receive = traffic.last_receive_time.load(std::memory_order_relaxed);
  if (last_receive != SteadyTime()) *out->mutable_last_receive_time() = ToProto(clock.ToWall(last_receive));
  const SteadyTime last_message = traffic.last_message_time.load(std::memory_order_relaxed);
  if (last_message != SteadyTime()) *out->mutable_last_message_time() = ToProto(clock.ToWall(last_message));
  out->set_received_messages(traffic.received_messages.Get());
  out->set_received_bytes(traffic.received_bytes.Get());
  out->set_sent_messages(traffic.sent_messages.Get());
  out->set_sent_bytes(traffic.sent_bytes.Get());
  out->set_send_queue_messages(traffic.send_queue_messages.Get());
  out->set_send_queue_bytes(traffic.send_queue_bytes.Get());
  const uint64_t round_trip = traffic.round_trip_nanoseconds.Get();
  if (round_trip != 0) *out->mutable_round_trip_time() = ToProto(std::chrono::nanoseconds(round_trip));
  if (state != ConnectionState::kOpen) DescribeClose(connection, state, clock, out->mutable_close());
}

}  // namespace drawbridge
