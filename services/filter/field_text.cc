#include "services/filter/field_text.h"

namespace drawbridge {
namespace {

// The ip of "ip:port" or "[ip]:port".
std::string_view HostOf(std::string_view address) {
  const std::string_view host = address.substr(0, address.rfind(':'));
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

std::string_view TextOf(Field field, const ConnectionInfo& info, std::string_view node_id) {
  switch (field) {
    case Field::kConnectionId:
      return info.id;
    case Field::kNodeId:
      return node_id;
    case Field::kPrincipal:
      return info.principal;
    case Field::kRemoteAddress:
      return info.remote_address;
    case Field::kRemoteIp:
      return HostOf(info.remote_address);
    case Field::kPath:
      return info.path;
    case Field::kSubprotocol:
      return info.subprotocol;
    case Field::kUserAgent:
      return info.user_agent;
    case Field::kOrigin:
      return info.origin;
    default:
      return {};
  }
}

}  // namespace drawbridge
