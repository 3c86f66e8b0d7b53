#include "tools/ctl/output.h"

#include <google/protobuf/util/json_util.h>

#include <cstdio>

namespace drawbridge::ctl {

std::string ToJsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // It fails only for a message with an Any of an unknown type; the API has no such field.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return json + "\n";
}

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);  // main checks the stream for errors
}

}  // namespace drawbridge::ctl
