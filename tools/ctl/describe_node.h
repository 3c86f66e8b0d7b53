// Texts that describe a node.
#ifndef DRAWBRIDGE_TOOLS_CTL_DESCRIBE_NODE_H_
#define DRAWBRIDGE_TOOLS_CTL_DESCRIBE_NODE_H_

#include <string>

#include "drawbridge/control/v1/node.pb.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {

// For example "serving", with a style.
Cell NodeStateCell(const control::v1::Node& node);

// For example "n1 draining: 12 told to close, 28 still connected". Printable.
std::string DrainText(const control::v1::DrainNodeResponse& progress);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_DESCRIBE_NODE_H_
