// Answers the requests of one reflection stream. Does no I/O.
#ifndef DRAWBRIDGE_SERVICES_REFLECTION_ANSWERS_H_
#define DRAWBRIDGE_SERVICES_REFLECTION_ANSWERS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grpc/reflection/v1/reflection.pb.h"
#include "services/reflection/descriptors.h"

namespace drawbridge {

// Specified in gRPC's doc/server-reflection.md. As in grpc-go, a stream gets a requested file each time, and
// an imported file only once. Not thread-safe; never blocks.
class ReflectionAnswers {
 public:
  // `descriptors` must outlive it.
  explicit ReflectionAnswers(const Descriptors* descriptors)
      : descriptors_(*descriptors), sent_(descriptors->size()) {}

  // An unknown name gives an error_response with NOT_FOUND, an empty request one with INVALID_ARGUMENT.
  grpc::reflection::v1::ServerReflectionResponse Answer(
      const grpc::reflection::v1::ServerReflectionRequest& request);

 private:
  using Response = grpc::reflection::v1::ServerReflectionResponse;

  void AnswerFile(std::optional<size_t> file, std::string_view what, Response* response);
  void AnswerExtensionNumbers(const std::string& message, Response* response) const;
  void AnswerServices(Response* response) const;

  const Descriptors& descriptors_;
  std::vector<bool> sent_;  // by file number
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_REFLECTION_ANSWERS_H_
