// Checks a label of a request.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_LABEL_FIELDS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_LABEL_FIELDS_H_

#include <grpcpp/support/status.h>

#include <string>

namespace drawbridge {

// Returns INVALID_ARGUMENT if the label is none that a connection can have. `field` is the path of the label
// in the request.
grpc::Status CheckLabel(const std::string& key, const std::string& value, const std::string& field);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_LABEL_FIELDS_H_
