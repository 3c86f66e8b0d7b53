// Empties a node: says goodbye to every client and waits until they are gone.
#ifndef DRAWBRIDGE_SERVICES_DRAIN_DRAIN_H_
#define DRAWBRIDGE_SERVICES_DRAIN_DRAIN_H_

#include <chrono>
#include <cstddef>

#include "gateway/listener/gateway.h"

namespace drawbridge {

// Accepts no new clients, closes every one with 1001 and blocks until all are gone; who is still there when
// `grace` ends is cut, whoever began its closing. Returns how many were closed. Once; any thread but an I/O
// thread.
size_t Drain(Gateway& gateway, std::chrono::nanoseconds grace);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_DRAIN_DRAIN_H_
