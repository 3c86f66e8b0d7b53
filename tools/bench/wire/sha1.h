// SHA-1 for Sec-WebSocket-Accept, so that the floor links no library. The cost of a library's digest objects
// would distort the results of the floor.
#ifndef DRAWBRIDGE_TOOLS_BENCH_WIRE_SHA1_H_
#define DRAWBRIDGE_TOOLS_BENCH_WIRE_SHA1_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace drawbridge::bench {

using Sha1Digest = std::array<uint8_t, 20>;

Sha1Digest Sha1(std::string_view text);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_WIRE_SHA1_H_
