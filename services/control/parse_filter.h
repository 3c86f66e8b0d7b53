// Parses the `filter` field of a request.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_PARSE_FILTER_H_
#define DRAWBRIDGE_SERVICES_CONTROL_PARSE_FILTER_H_

#include <grpcpp/support/status.h>

#include <string>

#include "services/filter/filter.h"

namespace drawbridge {

// Returns INVALID_ARGUMENT, FILTER_INVALID, if the text is not a filter. An empty text is not a filter.
grpc::Status ParseFilterField(const std::string& text, Filter* filter);
// For requests that act on the connections of the filter. Also returns INVALID_ARGUMENT, FILTER_MISSING, if
// the text is empty, so that a missing filter does not select every connection.
grpc::Status ParseRequiredFilter(const std::string& text, Filter* filter);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_PARSE_FILTER_H_
