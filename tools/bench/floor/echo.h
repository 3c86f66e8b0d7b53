// What the floor does with bytes: client frames in, the same frames unmasked out, in the same place.
#ifndef DRAWBRIDGE_TOOLS_BENCH_FLOOR_ECHO_H_
#define DRAWBRIDGE_TOOLS_BENCH_FLOOR_ECHO_H_

#include <cstddef>

namespace drawbridge::bench {

struct Echoed {
  size_t consumed = 0;    // whole frames at the start of the input; the rest has to wait for more
  size_t produced = 0;    // bytes to send, at the start of the same memory
  bool finished = false;  // a close frame came (its echo is produced) or something no client may send
};

// An unmasked frame is shorter than the masked one, so the answer never overtakes the question.
// Pings become pongs, pongs vanish. Frames are echoed one by one: messages are not assembled.
Echoed EchoFrames(char* data, size_t size);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_FLOOR_ECHO_H_
