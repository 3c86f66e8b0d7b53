// What goes to the standard output.
#ifndef DRAWBRIDGE_TOOLS_CTL_OUTPUT_H_
#define DRAWBRIDGE_TOOLS_CTL_OUTPUT_H_

#include <google/protobuf/message.h>

#include <string>

namespace drawbridge::ctl {

// One line in protobuf's JSON mapping, its end included. The fields have the names of the contract, which are
// those of filters; fields of one value are there even where it is the default.
std::string ToJsonLine(const google::protobuf::Message& message);

// To the standard output, at once.
void Print(const std::string& text);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_OUTPUT_H_
