// The release number.
#ifndef DRAWBRIDGE_GATEWAY_BASE_VERSION_H_
#define DRAWBRIDGE_GATEWAY_BASE_VERSION_H_

namespace drawbridge {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_VERSION_H_
