#include "services/control/wire.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/support/slice.h>

#include <string>
#include <vector>

#include "gateway/base/utf8.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

using google::protobuf::FieldDescriptor;

bool Flatten(const grpc::ByteBuffer& bytes, std::string* out) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return false;
  for (const grpc::Slice& slice : slices) {
    out->append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return true;
}

// The path of the first string field that is not valid UTF-8; empty if there is none.
std::string FieldNotUtf8(const std::string& bytes, const google::protobuf::Descriptor& type) {
  google::protobuf::Empty fields;  // defines no fields, so all are kept as unknown fields
  if (!fields.ParseFromString(bytes)) return {};
  const auto& unknown = fields.GetReflection()->GetUnknownFields(fields);
  for (int i = 0; i < unknown.field_count(); ++i) {
    const auto& value = unknown.field(i);
    const FieldDescriptor* field = type.FindFieldByNumber(value.number());
    if (field == nullptr || value.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) continue;
    if (field->type() == FieldDescriptor::TYPE_STRING && !IsUtf8(value.length_delimited()))
      return field->name();
    if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      const std::string inner = FieldNotUtf8(value.length_delimited(), *field->message_type());
      if (!inner.empty()) return field->name() + "." + inner;
    }
  }
  return {};
}

grpc::Status TooLarge(size_t size) {
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE",
                 fmt::format("the request has {} bytes: at most {} are allowed", size, kMaxRequestBytes));
}

}  // namespace

grpc::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) {
  if (bytes.Length() > kMaxRequestBytes) return TooLarge(bytes.Length());
  std::string flat;
  if (Flatten(bytes, &flat) && request.ParseFromString(flat)) return grpc::Status::OK;
  const std::string field = FieldNotUtf8(flat, *request.GetDescriptor());
  if (!field.empty()) return InvalidField("NOT_UTF8", field, "is not valid UTF-8");
  return Failure(grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED_REQUEST",
                 fmt::format("the request is not a {}", request.GetDescriptor()->full_name()));
}

grpc::ByteBuffer SerializeResponse(const google::protobuf::Message& response) {
  const grpc::Slice slice(response.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace drawbridge
