// Turns client frames into the same frames without mask, in place.
#ifndef DRAWBRIDGE_TOOLS_BENCH_FLOOR_ECHO_H_
#define DRAWBRIDGE_TOOLS_BENCH_FLOOR_ECHO_H_

#include <cstddef>

namespace drawbridge::bench {

struct Echoed {
  size_t consumed = 0;    // bytes of complete frames at the start of the input; the rest needs more input
  size_t produced = 0;    // bytes to send, at the start of the same memory
  bool finished = false;  // there was a close frame (its echo is produced) or an invalid frame
};

// An unmasked frame is shorter than the masked one, so the output never overwrites unread input. Pings are
// answered with pongs, and pongs are dropped. Frames are echoed one by one: messages are not assembled.
Echoed EchoFrames(char* data, size_t size);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_FLOOR_ECHO_H_
