#include "services/control/grouping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "services/control/errors.h"
#include "services/filter/field_text.h"

namespace drawbridge {
namespace {

constexpr std::string_view kLabelPrefix = "labels.";
constexpr size_t kMaxQuoted = 64;

// Without connection_id and remote_address, which differ for each connection.
constexpr std::array kFields = {Field::kPath,        Field::kNodeId,    Field::kPrincipal, Field::kRemoteIp,
                                Field::kSubprotocol, Field::kUserAgent, Field::kOrigin};

grpc::Status NoSuchField(std::string_view text) {
  std::string names;
  for (const Field field : kFields) names.append(NameOf(field)).append(", ");
  return InvalidField("GROUP_BY_INVALID", "group_by",
                      fmt::format("is \"{}\": expected {}or labels.KEY with a key of 1 to 63 of [a-z0-9_.-]",
                                  absl::CEscape(std::string(text.substr(0, kMaxQuoted))), names));
}

}  // namespace

grpc::Status Grouping::Parse(std::string_view text, std::optional<Grouping>* grouping) {
  if (text.starts_with(kLabelPrefix) && IsLabelKey(text.substr(kLabelPrefix.size()))) {
    *grouping = Grouping(Label{std::string(text.substr(kLabelPrefix.size()))});
    return grpc::Status::OK;
  }
  const auto* const field = std::ranges::find(kFields, text, [](Field each) { return NameOf(each); });
  if (field == kFields.end()) return NoSuchField(text);
  *grouping = Grouping(*field);
  return grpc::Status::OK;
}

bool Grouping::Read(const Connection& connection, std::string_view node_id, std::string* value) const {
  if (const auto* field = std::get_if<Field>(&by_)) {
    *value = TextOf(*field, connection.info(), node_id);
    return !value->empty();
  }
  const AttributesPointer attributes = connection.attributes();
  if (attributes == nullptr) return false;
  const auto found = attributes->labels.find(std::get<Label>(by_).key);
  if (found == attributes->labels.end()) return false;
  *value = found->second;
  return true;
}

}  // namespace drawbridge
