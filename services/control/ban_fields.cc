#include "services/control/ban_fields.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <variant>

#include "gateway/base/ip_address.h"
#include "services/control/close_fields.h"
#include "services/control/convert.h"
#include "services/control/errors.h"
#include "services/control/label_fields.h"
#include "services/filter/expression.h"
#include "services/filter/field_text.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kMaxPrincipal = 1024;
constexpr size_t kMaxTokenId = 256;
constexpr uint32_t kMinHttpStatus = 400;
constexpr uint32_t kMaxHttpStatus = 499;
constexpr int kV6Prefix = 64;  // a client usually controls a whole /64, as AddressSlots counts it

std::string NewBanId() {
  std::random_device entropy;
  return fmt::format("ban-{:08x}{:08x}", entropy(), entropy());
}

grpc::Status CheckText(const std::string& reason, const std::string& field, const std::string& text,
                       size_t most) {
  if (!text.empty() && text.size() <= most) return grpc::Status::OK;
  return InvalidField(reason, field, fmt::format("has {} bytes: 1 to {} are required", text.size(), most));
}

grpc::Status ParseSubject(const v1::Ban& in, BanSubject* subject) {
  grpc::Status status;
  switch (in.subject_case()) {
    case v1::Ban::kPrincipal:
      *subject = BannedPrincipal{in.principal()};
      return CheckText("PRINCIPAL_INVALID", "ban.principal", in.principal(), kMaxPrincipal);
    case v1::Ban::kTokenId:
      *subject = BannedToken{in.token_id()};
      return CheckText("TOKEN_ID_INVALID", "ban.token_id", in.token_id(), kMaxTokenId);
    case v1::Ban::kLabel:
      *subject = BannedLabel{in.label().key(), in.label().value()};
      return CheckLabel(in.label().key(), in.label().value(), "ban.label");
    case v1::Ban::kAddress:
      if (const auto network = IpNetwork::Parse(in.address()); network.has_value()) {
        *subject = *network;
        return grpc::Status::OK;
      }
      return InvalidField("ADDRESS_MALFORMED", "ban.address",
                          fmt::format("is {}: an address or a network such as 192.0.2.0/24 or 2001:db8::/64 "
                                      "is required, without bits set after the prefix",
                                      Quoted(in.address())));
    case v1::Ban::SUBJECT_NOT_SET:
      break;
  }
  return InvalidField("BAN_SUBJECT_MISSING", "ban",
                      "has no subject: one of principal, address, label and token_id is required");
}

grpc::Status ParseAnswer(const v1::Ban& in, Ban* ban) {
  CloseRequest close(CloseCause::kInterrupted);
  close.code = Ban::kDefaultCode;
  close.reason = Ban::kDefaultReason;
  grpc::Status status = ParseCode(in.code(), &close, "ban.code");
  if (status.ok()) status = ParseReason(in.reason(), &close, "ban.reason");
  if (!status.ok()) return status;
  ban->code = close.code;
  ban->reason = close.reason;
  if (in.http_status() == 0) return grpc::Status::OK;
  if (in.http_status() < kMinHttpStatus || in.http_status() > kMaxHttpStatus) {
    return InvalidField("HTTP_STATUS_OUT_OF_RANGE", "ban.http_status",
                        fmt::format("is {}: {} to {} are allowed, 0 is {}", in.http_status(), kMinHttpStatus,
                                    kMaxHttpStatus, Ban::kDefaultHttpStatus));
  }
  ban->http_status = static_cast<uint16_t>(in.http_status());
  return grpc::Status::OK;
}

// More than 0, at most kMaxBanTime.
grpc::Status ParseBanTime(const std::string& reason, const std::string& field,
                          const google::protobuf::Duration& duration, std::chrono::nanoseconds* out) {
  grpc::Status status = ParseDuration(reason, field, duration, kMaxBanTime, out);
  if (status.ok() && out->count() == 0) status = InvalidField(reason, field, "is 0: more is required");
  return status;
}

grpc::Status ParseExpiration(const v1::Ban& in, WantedBan* wanted) {
  Ban& ban = wanted->ban;
  if (in.has_ttl()) {
    wanted->by_ttl = true;
    std::chrono::nanoseconds ttl{0};
    grpc::Status status = ParseBanTime("TTL_OUT_OF_RANGE", "ban.ttl", in.ttl(), &ttl);
    ban.expire_time = ban.create_time + ttl;
    return status;
  }
  if (!in.has_expire_time()) {
    return InvalidField("EXPIRATION_MISSING", "ban",
                        "has no expiration: one of expire_time and ttl is required");
  }
  const auto time = FromProto(in.expire_time());
  if (!time.has_value() || *time <= ban.create_time || *time - ban.create_time > kMaxBanTime) {
    return InvalidField("EXPIRE_TIME_OUT_OF_RANGE", "ban.expire_time",
                        fmt::format("is {} s and {} ns: a time in the future is required, at most {} days "
                                    "from now",
                                    in.expire_time().seconds(), in.expire_time().nanos(),
                                    kMaxBanTime / std::chrono::hours(24)));
  }
  ban.expire_time = *time;
  return grpc::Status::OK;
}

Expression Equal(std::string field, std::string value) {
  return {.kind = Expression::Kind::kComparison,
          .field = std::move(field),
          .comparator = Comparator::kEqual,
          .argument = {.text = std::move(value)}};
}

struct ExpressionOf {
  Expression operator()(const BannedPrincipal& principal) const { return Equal("principal", principal.name); }
  Expression operator()(const BannedToken& token) const { return Equal("token_id", token.id); }
  Expression operator()(const BannedLabel& label) const { return Equal("labels." + label.key, label.value); }
  Expression operator()(const IpNetwork& network) const {
    return {.kind = Expression::Kind::kCidr, .field = "remote_ip", .argument = {.text = network.ToString()}};
  }
};

struct DescribeSubject {
  void operator()(const BannedPrincipal& principal) const { out->set_principal(principal.name); }
  void operator()(const BannedToken& token) const { out->set_token_id(token.id); }
  void operator()(const IpNetwork& network) const { out->set_address(network.ToString()); }
  void operator()(const BannedLabel& label) const {
    out->mutable_label()->set_key(label.key);
    out->mutable_label()->set_value(label.value);
  }
  v1::Ban* out;
};

}  // namespace

bool WantedBan::IsMetBy(const Ban& existing) const {
  const bool lasts_as_long =
      by_ttl ? existing.expire_time - existing.create_time == ban.expire_time - ban.create_time
             : existing.expire_time == ban.expire_time;
  return lasts_as_long && existing.subject == ban.subject && existing.code == ban.code &&
         existing.reason == ban.reason && existing.http_status == ban.http_status;
}

grpc::Status ParseCreateBan(const v1::CreateBanRequest& request, WallTime now, const std::string& actor,
                            WantedBan* wanted) {
  if (!request.ban_id().empty() && !IsBanId(request.ban_id())) return MalformedBanId(request.ban_id());
  Ban& ban = wanted->ban;
  ban.create_time = now;
  ban.actor = actor;
  grpc::Status status = ParseSubject(request.ban(), &ban.subject);
  if (status.ok()) status = ParseAnswer(request.ban(), &ban);
  if (status.ok()) status = ParseExpiration(request.ban(), wanted);
  if (status.ok()) ban.ban_id = request.ban_id().empty() ? NewBanId() : request.ban_id();
  return status;
}

grpc::Status ParseStoredBan(const v1::Ban& stored, Ban* ban) {
  if (!IsBanId(stored.ban_id())) return MalformedBanId(stored.ban_id());
  grpc::Status status = ParseSubject(stored, &ban->subject);
  if (status.ok()) status = ParseAnswer(stored, ban);
  if (!status.ok()) return status;
  const auto created = FromProto(stored.create_time());
  const auto expires = FromProto(stored.expire_time());
  const bool valid = stored.has_create_time() && stored.has_expire_time() && created.has_value() &&
                     expires.has_value() && *expires > *created && *expires - *created <= kMaxBanTime;
  if (!valid) {
    return InvalidField(
        "EXPIRE_TIME_OUT_OF_RANGE", "ban.expire_time",
        fmt::format("must be after create_time, by at most {} days", kMaxBanTime / std::chrono::hours(24)));
  }
  ban->ban_id = stored.ban_id();
  ban->create_time = *created;
  ban->expire_time = *expires;
  ban->actor = stored.actor();
  return grpc::Status::OK;
}

void Describe(const Ban& ban, v1::Ban* out) {
  out->set_ban_id(ban.ban_id);
  std::visit(DescribeSubject{out}, ban.subject);
  out->set_code(ban.code);
  out->set_reason(ban.reason);
  out->set_http_status(ban.http_status);
  *out->mutable_create_time() = ToProto(ban.create_time);
  *out->mutable_expire_time() = ToProto(ban.expire_time);
  out->set_actor(ban.actor);
}

grpc::Status ParseRefuseFor(const google::protobuf::Duration& duration,
                            std::chrono::nanoseconds* refuse_for) {
  return ParseBanTime("REFUSE_FOR_OUT_OF_RANGE", "refuse_for", duration, refuse_for);
}

Ban BanOf(const Connection& connection, const CloseRequest& close, std::chrono::nanoseconds refuse_for,
          WallTime now) {
  const ConnectionInfo info = connection.info();
  Ban ban;
  ban.ban_id = info.id;
  ban.code = close.code;
  ban.actor = close.actor;
  ban.create_time = now;
  ban.expire_time = now + refuse_for;
  if (!info.principal.empty() && info.principal.size() <= kMaxPrincipal) {
    ban.subject = BannedPrincipal{std::string(info.principal)};
    return ban;
  }
  // A connection always has an address.
  const IpAddress address = IpAddress::Parse(TextOf(Field::kRemoteIp, info, {})).value_or(IpAddress());
  ban.subject = IpNetwork::Of(address, address.is_v4() ? 128 : kV6Prefix);
  return ban;
}

Filter FilterOf(const BanSubject& subject) { return Filter::Of(std::visit(ExpressionOf(), subject)); }

grpc::Status MalformedBanId(const std::string& ban_id) {
  return InvalidField("BAN_ID_MALFORMED", "ban_id",
                      "is " + Quoted(ban_id) + ": 1 to 63 characters of [a-z0-9-] are required");
}

grpc::Status TooManyBans() {
  return Failure(
      grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_BANS",
      fmt::format("there would be more than {} bans; nothing was banned or closed", Bans::kMaxBans));
}

}  // namespace drawbridge
