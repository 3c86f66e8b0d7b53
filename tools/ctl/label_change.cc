#include "tools/ctl/label_change.h"

namespace drawbridge::ctl {

std::optional<LabelChange> ParseLabelChange(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == 0) return std::nullopt;
  if (equals != std::string::npos) return LabelChange{text.substr(0, equals), text.substr(equals + 1)};
  if (text.size() > 1 && text.ends_with('-'))
    return LabelChange{text.substr(0, text.size() - 1), std::nullopt};
  return std::nullopt;
}

void Apply(const LabelChange& change, google::protobuf::Map<std::string, std::string>* labels) {
  if (change.value.has_value()) {
    (*labels)[change.key] = *change.value;
  } else {
    labels->erase(change.key);
  }
}

}  // namespace drawbridge::ctl
