// Shares out the descriptors of the process, so that it never runs out of them.
#ifndef DRAWBRIDGE_SERVICES_SERVER_DESCRIPTORS_H_
#define DRAWBRIDGE_SERVICES_SERVER_DESCRIPTORS_H_

#include <cstddef>

namespace drawbridge {

// What each may open at a time. Each share but the first is a bound that its owner keeps.
struct DescriptorShares {
  // The log, the listening sockets, the event loops, the files that are read.
  size_t process = 0;
  size_t refused_clients = 0;      // those that are told why they are refused
  size_t admin_connections = 0;    // with one that waits for another to be closed
  size_t control_connections = 0;  // likewise
  size_t clients = 0;              // what the others leave; 0: nothing

  size_t without_clients() const {
    return process + refused_clients + admin_connections + control_connections;
  }
};

// `limit`: that of the process, RLIMIT_NOFILE.
DescriptorShares ShareDescriptors(size_t limit, int io_threads);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_DESCRIPTORS_H_
