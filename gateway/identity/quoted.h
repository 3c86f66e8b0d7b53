// Writes text from tokens and key sets so that log lines and HTTP header fields can contain it.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_QUOTED_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_QUOTED_H_

#include <string>
#include <string_view>

namespace drawbridge {

// `text` in single quotes, cut after 64 bytes. Only the characters that RFC 6750, section 3, allows in
// error_description are kept (printable ASCII without double quote and backslash); each other byte becomes
// %XX, as does a single quote. Thread-safe; does not block.
std::string QuotedForHeader(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_QUOTED_H_
