// The message that `send` and `broadcast` send: an argument, or the standard input.
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

// Reads the standard input to its end where no text was given. Nothing, once it has complained, where that
// cannot be read or should be text and is no UTF-8.
std::optional<control::v1::Message> ReadPayload(const PayloadFlags& flags);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_PAYLOAD_H_
