// Calls any gRPC method, of any kind, with arbitrary bytes and headers.
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
  std::string bytes;  // of all responses, concatenated
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// `method` is the :path. Blocks. Returns DEADLINE_EXCEEDED if there is no answer within kPatience.
RawReply CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                 const std::string& bytes, const Headers& headers = {});

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_RAW_CALL_H_
