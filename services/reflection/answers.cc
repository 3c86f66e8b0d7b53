#include "services/reflection/answers.h"

#include <fmt/format.h>
#include <grpcpp/support/status.h>

namespace drawbridge {
namespace {

namespace v1 = grpc::reflection::v1;

void AnswerError(grpc::StatusCode code, const std::string& message, v1::ServerReflectionResponse* response) {
  response->mutable_error_response()->set_error_code(code);
  response->mutable_error_response()->set_error_message(message);
}

}  // namespace

v1::ServerReflectionResponse ReflectionAnswers::Answer(const v1::ServerReflectionRequest& request) {
  using Request = v1::ServerReflectionRequest;
  v1::ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      AnswerFile(descriptors_.Named(request.file_by_filename()),
                 fmt::format("file \"{}\"", request.file_by_filename()), &response);
      break;
    case Request::kFileContainingSymbol:
      AnswerFile(descriptors_.OfSymbol(request.file_containing_symbol()),
                 fmt::format("symbol \"{}\"", request.file_containing_symbol()), &response);
      break;
    case Request::kFileContainingExtension: {
      const v1::ExtensionRequest& extension = request.file_containing_extension();
      AnswerFile(
          descriptors_.OfExtension(extension.containing_type(), extension.extension_number()),
          fmt::format("extension {} of \"{}\"", extension.extension_number(), extension.containing_type()),
          &response);
      break;
    }
    case Request::kAllExtensionNumbersOfType:
      AnswerExtensionNumbers(request.all_extension_numbers_of_type(), &response);
      break;
    case Request::kListServices:
      AnswerServices(&response);
      break;
    case Request::MESSAGE_REQUEST_NOT_SET:
      AnswerError(grpc::StatusCode::INVALID_ARGUMENT, "message_request is not set", &response);
      break;
  }
  return response;
}

// Breadth first, so the requested file comes first.
void ReflectionAnswers::AnswerFile(std::optional<size_t> file, std::string_view what, Response* response) {
  if (!file.has_value()) {
    return AnswerError(grpc::StatusCode::NOT_FOUND, fmt::format("no {} on this server", what), response);
  }
  std::vector<size_t> found{*file};
  sent_[*file] = true;
  for (size_t i = 0; i < found.size(); ++i) {
    const Descriptors::File& next = descriptors_.file(found[i]);
    response->mutable_file_descriptor_response()->add_file_descriptor_proto(next.bytes);
    for (const size_t import : next.imports) {
      if (sent_[import]) continue;
      sent_[import] = true;
      found.push_back(import);
    }
  }
}

void ReflectionAnswers::AnswerExtensionNumbers(const std::string& message, Response* response) const {
  const auto numbers = descriptors_.ExtensionNumbers(message);
  if (!numbers.has_value()) {
    return AnswerError(grpc::StatusCode::NOT_FOUND, fmt::format("no message \"{}\" on this server", message),
                       response);
  }
  auto* answer = response->mutable_all_extension_numbers_response();
  answer->set_base_type_name(message);
  answer->mutable_extension_number()->Assign(numbers->begin(), numbers->end());
}

void ReflectionAnswers::AnswerServices(Response* response) const {
  for (const std::string& name : descriptors_.services())
    response->mutable_list_services_response()->add_service()->set_name(name);
}

}  // namespace drawbridge
