#include "services/control/parse_filter.h"

#include <utility>
#include <variant>

#include "services/control/errors.h"

namespace drawbridge {

grpc::Status ParseFilterField(const std::string& text, Filter* filter) {
  auto parsed = Filter::Parse(text);
  if (const auto* error = std::get_if<std::string>(&parsed))
    return InvalidField("FILTER_INVALID", "filter", *error);
  *filter = std::get<Filter>(std::move(parsed));
  return grpc::Status::OK;
}

grpc::Status ParseRequiredFilter(const std::string& text, Filter* filter) {
  if (text.empty())
    return InvalidField("FILTER_MISSING", "filter", "is empty but required; \"*\" matches every connection");
  return ParseFilterField(text, filter);
}

}  // namespace drawbridge
