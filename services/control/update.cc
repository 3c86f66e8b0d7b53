#include "services/control/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/node_identity.h"
#include "services/control/convert.h"
#include "services/control/errors.h"
#include "services/control/label_fields.h"
#include "services/filter/field.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr std::string_view kLabelPath = "labels.";

// The validated changes of a request.
struct Change {
  bool replace_labels = false;
  std::vector<std::string> label_keys;  // changed one by one
  bool set_expiry = false;
  std::optional<WallTime> expire_time;
};

grpc::Status TooManyLabels(size_t count) {
  return InvalidField("TOO_MANY_LABELS", "connection.labels",
                      fmt::format("would be {}: at most {} are allowed", count, kMaxLabels));
}

grpc::Status ParseExpiry(const google::protobuf::Timestamp& time, std::optional<WallTime>* out) {
  *out = FromProto(time);
  if (out->has_value()) return grpc::Status::OK;
  return InvalidField(
      "EXPIRE_TIME_OUT_OF_RANGE", "connection.expire_time",
      fmt::format("is {} s and {} ns: 1970 to 2262 is allowed", time.seconds(), time.nanos()));
}

grpc::Status ParsePath(const std::string& path, Change* change) {
  if (path == "labels") {
    change->replace_labels = true;
  } else if (path == "expire_time") {
    change->set_expiry = true;
  } else if (path.starts_with(kLabelPath) && IsLabelKey(path.substr(kLabelPath.size()))) {
    change->label_keys.push_back(path.substr(kLabelPath.size()));
  } else {
    return InvalidField("UPDATE_MASK_INVALID", "update_mask",
                        "names a path other than labels, labels.KEY and expire_time");
  }
  return grpc::Status::OK;
}

grpc::Status Parse(const v1::UpdateConnectionRequest& request, Change* change) {
  const v1::Connection& wanted = request.connection();
  if (!IsConnectionId(wanted.connection_id()))
    return MalformedConnectionId(wanted.connection_id(), "connection.connection_id");
  if (request.update_mask().paths().empty()) {
    return InvalidField("UPDATE_MASK_EMPTY", "update_mask",
                        "is empty: labels, labels.KEY or expire_time is required");
  }
  for (const std::string& path : request.update_mask().paths()) {
    if (grpc::Status status = ParsePath(path, change); !status.ok()) return status;
  }
  if (static_cast<size_t>(wanted.labels_size()) > kMaxLabels)
    return TooManyLabels(static_cast<size_t>(wanted.labels_size()));
  for (const auto& [key, value] : wanted.labels()) {
    if (grpc::Status status = CheckLabel(key, value, "connection.labels"); !status.ok()) return status;
  }
  if (!wanted.has_expire_time()) return grpc::Status::OK;
  return ParseExpiry(wanted.expire_time(), &change->expire_time);
}

boost::intrusive_ptr<Attributes> Apply(const Change& change, const v1::Connection& wanted,
                                       const AttributesPointer& before) {
  boost::intrusive_ptr<Attributes> after(before == nullptr ? new Attributes : new Attributes(*before));
  ++after->revision;
  if (change.replace_labels) {
    after->labels = {wanted.labels().begin(), wanted.labels().end()};
    after->token_labels.clear();
  }
  for (const std::string& key : change.label_keys) {
    const auto value = wanted.labels().find(key);
    if (value == wanted.labels().end()) {
      after->labels.erase(key);
    } else {
      after->labels[key] = value->second;
    }
    std::erase(after->token_labels, key);
  }
  if (change.set_expiry) {
    after->expire_time = change.expire_time;
    after->expires_by_token = false;
  }
  return after;
}

}  // namespace

grpc::Status UpdateConnection(Registry& registry, const Clock& clock,
                              const v1::UpdateConnectionRequest& request,
                              v1::UpdateConnectionResponse* response) {
  Change change;
  if (grpc::Status status = Parse(request, &change); !status.ok()) return status;
  const auto connection = registry.Find(request.connection().connection_id());
  if (connection == nullptr) return ConnectionNotFound(request.connection().connection_id());
  while (true) {  // repeated only after a concurrent update
    const AttributesPointer before = connection->attributes();
    const uint64_t revision = before == nullptr ? 1 : before->revision;
    if (request.expected_revision() != 0 && request.expected_revision() != revision) {
      return Failure(
          grpc::StatusCode::ABORTED, "REVISION_STALE",
          fmt::format("the connection is at revision {}, not {}", revision, request.expected_revision()));
    }
    if (connection->state() != ConnectionState::kOpen) {
      return Failure(grpc::StatusCode::FAILED_PRECONDITION, "CONNECTION_CLOSING",
                     "the connection is closing or closed");
    }
    const auto after = Apply(change, request.connection(), before);
    if (after->labels.size() > kMaxLabels) return TooManyLabels(after->labels.size());
    if (registry.Update(*connection, before, after)) break;
  }
  Describe(*connection, registry.node().node_id(), clock, response->mutable_connection());
  return grpc::Status::OK;
}

}  // namespace drawbridge
