// The `filter` of a request, or the answer that says what is wrong with it.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_PARSE_FILTER_H_
#define DRAWBRIDGE_SERVICES_CONTROL_PARSE_FILTER_H_

#include <grpcpp/support/status.h>

#include <string>

#include "services/filter/filter.h"

namespace drawbridge {

// INVALID_ARGUMENT, FILTER_INVALID, where the text is no filter; an empty one is none.
grpc::Status ParseFilterField(const std::string& text, Filter* filter);
// The same where the filter chooses whom something is done to: INVALID_ARGUMENT, FILTER_MISSING, where it is
// empty, so that nobody means everybody by saying nothing.
grpc::Status ParseRequiredFilter(const std::string& text, Filter* filter);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_PARSE_FILTER_H_
