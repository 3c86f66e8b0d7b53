// Divides the descriptors of the process among its parts, so that it never runs out of them.
#ifndef DRAWBRIDGE_SERVICES_SERVER_DESCRIPTORS_H_
#define DRAWBRIDGE_SERVICES_SERVER_DESCRIPTORS_H_

#include <cstddef>

namespace drawbridge {

// How many descriptors each part may have open at a time. The owner of each share but the first enforces it.
struct DescriptorShares {
  // The log, the listening sockets, the event loops, the files that are read.
  size_t process = 0;
  size_t refused_clients = 0;      // those that get an HTTP error
  size_t admin_connections = 0;    // plus one that waits for another to be closed
  size_t control_connections = 0;  // likewise
  size_t clients = 0;              // what the others leave; may be 0

  size_t without_clients() const {
    return process + refused_clients + admin_connections + control_connections;
  }
};

// `limit`: RLIMIT_NOFILE of the process.
DescriptorShares ShareDescriptors(size_t limit, int io_threads);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_DESCRIPTORS_H_
