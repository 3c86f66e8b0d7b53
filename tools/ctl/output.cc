#include "tools/ctl/output.h"

#include <google/protobuf/util/json_util.h>

#include <cstdio>

namespace drawbridge::ctl {

std::string ToJsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // It fails only for messages that hold an Any of an unknown type; the contract has none.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return json + "\n";
}

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);  // main asks whether the stream has failed
}

}  // namespace drawbridge::ctl
