#include "tools/ctl/payload.h"

#include <google/protobuf/stubs/common.h>

#include <iostream>
#include <iterator>

#include "tools/ctl/errors.h"

namespace drawbridge::ctl {

void DefinePayload(CLI::App& app, PayloadFlags* flags) {
  const auto set = [flags](const std::string& text) {
    flags->text = text;
    flags->from_input = false;
  };
  app.add_option_function<std::string>("TEXT", set, "The message [the unchanged standard input]")
      ->type_name("");
  app.add_flag("--binary", flags->binary, "Send a binary message instead of a text");
}

std::optional<control::v1::Message> ReadPayload(const PayloadFlags& flags) {
  std::string bytes = flags.text;
  if (flags.from_input) {
    bytes.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    if (std::cin.bad()) {
      Complain("cannot read standard input");
      return std::nullopt;
    }
  }
  control::v1::Message message;
  if (flags.binary) {
    message.set_binary(bytes);
    return message;
  }
  if (!google::protobuf::internal::IsStructurallyValidUTF8(bytes.data(), static_cast<int>(bytes.size()))) {
    Complain("the message is not valid UTF-8: send it with --binary");
    return std::nullopt;
  }
  message.set_text(bytes);
  return message;
}

}  // namespace drawbridge::ctl
