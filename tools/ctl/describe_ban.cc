#include "tools/ctl/describe_ban.h"

#include <cstddef>

namespace drawbridge::ctl {

namespace v1 = control::v1;

std::string SubjectText(const v1::Ban& ban) {
  switch (ban.subject_case()) {
    case v1::Ban::kPrincipal:
      return "principal=" + ban.principal();
    case v1::Ban::kAddress:
      return "address=" + ban.address();
    case v1::Ban::kLabel:
      return "label=" + ban.label().key() + "=" + ban.label().value();
    case v1::Ban::kTokenId:
      return "token_id=" + ban.token_id();
    case v1::Ban::SUBJECT_NOT_SET:
      break;
  }
  return "unknown";
}

bool ParseSubject(const std::string& text, v1::Ban* ban) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return false;
  const std::string kind = text.substr(0, equals);
  const std::string value = text.substr(equals + 1);
  if (kind == "principal") {
    ban->set_principal(value);
  } else if (kind == "address") {
    ban->set_address(value);
  } else if (kind == "token_id") {
    ban->set_token_id(value);
  } else if (const size_t second = value.find('='); kind == "label" && second != std::string::npos) {
    ban->mutable_label()->set_key(value.substr(0, second));
    ban->mutable_label()->set_value(value.substr(second + 1));
  } else {
    return false;
  }
  return true;
}

}  // namespace drawbridge::ctl
