// The handlers by the names that an operator gives them.
#ifndef DRAWBRIDGE_GATEWAY_HANDLERS_NEW_HANDLER_H_
#define DRAWBRIDGE_GATEWAY_HANDLERS_NEW_HANDLER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/handlers/handler.h"

namespace drawbridge {

// All names; the default is the first.
const std::vector<std::string>& HandlerNames();

// Null where there is none of that name.
std::unique_ptr<Handler> NewHandler(std::string_view name);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_HANDLERS_NEW_HANDLER_H_
