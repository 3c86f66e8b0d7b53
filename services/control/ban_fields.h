// Converts bans between requests, the data plane and answers.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BAN_FIELDS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BAN_FIELDS_H_

#include <google/protobuf/duration.pb.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "services/filter/filter.h"

namespace drawbridge {

// A ban as a request asks for it.
struct WantedBan {
  // Whether `existing` is what the request asks for, so that a repetition finds it.
  bool IsMetBy(const Ban& existing) const;

  Ban ban;
  bool by_ttl =
      false;  // the expiry was given as a duration, and `expire_time` follows from the time of the call
};

// Parses the request, or returns INVALID_ARGUMENT with the field, its value and its bound. Fields that are
// output only are ignored. Chooses a random id if the request has none.
grpc::Status ParseCreateBan(const control::v1::CreateBanRequest& request, WallTime now,
                            const std::string& actor, WantedBan* wanted);

// Parses a ban that Describe wrote. Also takes one that has expired.
grpc::Status ParseStoredBan(const control::v1::Ban& stored, Ban* ban);

void Describe(const Ban& ban, control::v1::Ban* out);

// Parses refuse_for: more than 0, at most kMaxBanTime.
grpc::Status ParseRefuseFor(const google::protobuf::Duration& duration, std::chrono::nanoseconds* refuse_for);

// The ban of refuse_for: by the principal of the connection if it has one of at most 1024 bytes, else by its
// address, of IPv6 by its /64. Its id is that of the connection, its code that of `close`.
Ban BanOf(const Connection& connection, const CloseRequest& close, std::chrono::nanoseconds refuse_for,
          WallTime now);

// The connections that the ban matches.
Filter FilterOf(const BanSubject& subject);

grpc::Status MalformedBanId(const std::string& ban_id);
grpc::Status TooManyBans();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BAN_FIELDS_H_
