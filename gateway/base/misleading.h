// Characters that must be escaped before they are written to a log or a terminal.
#ifndef DRAWBRIDGE_GATEWAY_BASE_MISLEADING_H_
#define DRAWBRIDGE_GATEWAY_BASE_MISLEADING_H_

namespace drawbridge {

// Whether a character, written unescaped, controls a terminal (C0, DEL, C1), breaks a line, changes the
// direction of the surrounding text, or is invisible. Log lines (gateway/base/log.h) and drawbridgectl
// (tools/ctl/printable.h) both use this rule for text from clients and callers.
constexpr bool Misleads(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x61C || code == 0xFEFF ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || (code >= 0xFFF9 && code <= 0xFFFB) ||
         (code >= 0xE0000 && code <= 0xE0FFF);
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_MISLEADING_H_
