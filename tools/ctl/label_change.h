// Parses "key=value" and "key-", the syntax of `kubectl label`.
#ifndef DRAWBRIDGE_TOOLS_CTL_LABEL_CHANGE_H_
#define DRAWBRIDGE_TOOLS_CTL_LABEL_CHANGE_H_

#include <google/protobuf/map.h>

#include <optional>
#include <string>

namespace drawbridge::ctl {

struct LabelChange {
  std::string key;
  std::optional<std::string> value;  // nullopt: the label is removed
};

// Returns nullopt if `text` has neither form. The gateway checks which keys and values are allowed.
std::optional<LabelChange> ParseLabelChange(const std::string& text);

void Apply(const LabelChange& change, google::protobuf::Map<std::string, std::string>* labels);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_LABEL_CHANGE_H_
