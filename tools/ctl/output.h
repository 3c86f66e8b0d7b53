// Writes to standard output.
#ifndef DRAWBRIDGE_TOOLS_CTL_OUTPUT_H_
#define DRAWBRIDGE_TOOLS_CTL_OUTPUT_H_

#include <google/protobuf/message.h>

#include <string>

namespace drawbridge::ctl {

// Returns one line of ProtoJSON, including the line feed. Fields have their names from the .proto file, which
// are also the names in filters. Singular fields with a default value are included.
std::string ToJsonLine(const google::protobuf::Message& message);

// Writes to standard output and flushes it.
void Print(const std::string& text);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_OUTPUT_H_
