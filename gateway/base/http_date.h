// The Date header of HTTP.
#ifndef DRAWBRIDGE_GATEWAY_BASE_HTTP_DATE_H_
#define DRAWBRIDGE_GATEWAY_BASE_HTTP_DATE_H_

#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// `now` as an IMF-fixdate such as "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), rounded down to
// the second. Each thread formats the text at most once a second. The result is valid until the next call on
// the same thread. Thread-safe; does not block.
std::string_view HttpDate(WallTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_HTTP_DATE_H_
