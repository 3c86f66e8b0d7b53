#include "tools/ctl/describe_node.h"

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "tools/ctl/printable.h"

namespace drawbridge::ctl {

namespace v1 = control::v1;

Cell NodeStateCell(const v1::Node& node) {
  constexpr std::string_view kPrefix = "NODE_STATE_";
  const std::string& name = v1::NodeState_Name(node.state());
  // A state that is unknown to the .proto file of this build is shown as its number.
  Cell cell{name.empty() ? std::to_string(node.state()) : absl::AsciiStrToLower(name.substr(kPrefix.size()))};
  if (node.state() == v1::NODE_STATE_SERVING) cell.style = Style::kGood;
  if (node.state() == v1::NODE_STATE_DRAINING) cell.style = Style::kWarning;
  if (node.state() == v1::NODE_STATE_DRAINED) cell.style = Style::kDim;
  if (node.state() == v1::NODE_STATE_UNREACHABLE) cell.style = Style::kBad;
  return cell;
}

std::string DrainText(const v1::DrainNodeResponse& progress) {
  return Printable(fmt::format("{} {}: {} told to close, {} still connected", progress.node().node_id(),
                               NodeStateCell(progress.node()).text, progress.closed_count(),
                               progress.remaining_count()));
}

}  // namespace drawbridge::ctl
