// A node in words for people.
#ifndef DRAWBRIDGE_TOOLS_CTL_DESCRIBE_NODE_H_
#define DRAWBRIDGE_TOOLS_CTL_DESCRIBE_NODE_H_

#include <string>

#include "drawbridge/control/v1/node.pb.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {

// "serving", coloured.
Cell NodeStateCell(const control::v1::Node& node);

// "n1 draining: 12 told to close, 28 still connected".
std::string DrainText(const control::v1::DrainNodeResponse& progress);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_DESCRIBE_NODE_H_
