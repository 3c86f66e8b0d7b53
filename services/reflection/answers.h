// The questions of one reflection stream, answered without gRPC.
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

// Source: gRPC's doc/server-reflection.md. As grpc-go does, a stream gets the file that it asks for each
// time, and a file that is imported only once. Not thread-safe; never blocks.
class ReflectionAnswers {
 public:
  // `descriptors` must outlive it.
  explicit ReflectionAnswers(const Descriptors* descriptors)
      : descriptors_(*descriptors), sent_(descriptors->size()) {}

  // What is not known is an error_response, NOT_FOUND; a request that asks nothing, INVALID_ARGUMENT.
  grpc::reflection::v1::ServerReflectionResponse Answer(
      const grpc::reflection::v1::ServerReflectionRequest& request);

 private:
  using Response = grpc::reflection::v1::ServerReflectionResponse;

  void AnswerFile(std::optional<size_t> file, std::string_view what, Response* response);
  void AnswerExtensionNumbers(const std::string& message, Response* response) const;
  void AnswerServices(Response* response) const;

  const Descriptors& descriptors_;
  std::vector<bool> sent_;  // by the number of the file
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_REFLECTION_ANSWERS_H_
