// Reads the text fields of a connection.
#ifndef DRAWBRIDGE_SERVICES_FILTER_FIELD_TEXT_H_
#define DRAWBRIDGE_SERVICES_FILTER_FIELD_TEXT_H_

#include <string_view>

#include "gateway/connections/connection_info.h"
#include "services/filter/field.h"

namespace drawbridge {

// Empty if the connection has no value, or if the field is not a text of ConnectionInfo. Valid as long as the
// texts of `info` and `node_id`. Thread-safe; allocates nothing.
std::string_view TextOf(Field field, const ConnectionInfo& info, std::string_view node_id);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_FIELD_TEXT_H_
