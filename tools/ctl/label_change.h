// "key=value" and "key-", as in kubectl.
#ifndef DRAWBRIDGE_TOOLS_CTL_LABEL_CHANGE_H_
#define DRAWBRIDGE_TOOLS_CTL_LABEL_CHANGE_H_

#include <google/protobuf/map.h>

#include <optional>
#include <string>

namespace drawbridge::ctl {

struct LabelChange {
  std::string key;
  std::optional<std::string> value;  // none: the label goes
};

// Nothing where it is neither. What keys and values may hold is the gateway's to judge.
std::optional<LabelChange> ParseLabelChange(const std::string& text);

void Apply(const LabelChange& change, google::protobuf::Map<std::string, std::string>* labels);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_LABEL_CHANGE_H_
