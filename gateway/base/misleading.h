// Characters that no log and no terminal shows as they are.
#ifndef DRAWBRIDGE_GATEWAY_BASE_MISLEADING_H_
#define DRAWBRIDGE_GATEWAY_BASE_MISLEADING_H_

namespace drawbridge {

// Whether a character, shown raw, controls a terminal (C0, DEL, C1), breaks a line, turns the direction of
// what stands around it, or is invisible. The one rule for all texts of clients and callers that people are
// shown: log lines (gateway/base/log.h) and drawbridgectl (tools/ctl/printable.h) write such a character as
// an escape.
constexpr bool Misleads(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x61C || code == 0xFEFF ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || (code >= 0xFFF9 && code <= 0xFFFB) ||
         (code >= 0xE0000 && code <= 0xE0FFF);
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_MISLEADING_H_
