// The message that `send` and `broadcast` send: an argument, or standard input.
#ifndef DRAWBRIDGE_TOOLS_CTL_PAYLOAD_H_
#define DRAWBRIDGE_TOOLS_CTL_PAYLOAD_H_

#include <optional>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "tools/ctl/define.h"

namespace drawbridge::ctl {

struct PayloadFlags {
  std::string text;
  bool from_input = true;
  bool binary = false;
};

void DefinePayload(CLI::App& app, PayloadFlags* flags);

// Reads standard input to its end if no text was given. Writes an error and returns nullopt if it cannot be
// read, or if a text message is not valid UTF-8.
std::optional<control::v1::Message> ReadPayload(const PayloadFlags& flags);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_PAYLOAD_H_
