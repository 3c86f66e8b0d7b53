// One call of any method of whatever kind, with whatever bytes and headers.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_RAW_CALL_H_
#define DRAWBRIDGE_TESTS_SUPPORT_RAW_CALL_H_

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace drawbridge {

struct RawReply {
  grpc::Status status;
  std::string bytes;  // of all responses
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// `method` is that of :path. DEADLINE_EXCEEDED where it is not answered in time.
RawReply CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                 const std::string& bytes, const Headers& headers = {});

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_RAW_CALL_H_
