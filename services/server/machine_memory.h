// How much memory this process may use.
#ifndef DRAWBRIDGE_SERVICES_SERVER_MACHINE_MEMORY_H_
#define DRAWBRIDGE_SERVICES_SERVER_MACHINE_MEMORY_H_

#include <cstddef>
#include <string>

namespace drawbridge {

// In bytes: the memory of the machine, or the lowest limit of the control groups of the process (memory.max
// of version 2, memory.limit_in_bytes of version 1) if that is less. 0: unknown. Reads files below `root`,
// such as proc/meminfo.
size_t MachineMemory(const std::string& root = "/");

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_MACHINE_MEMORY_H_
