// Creates handlers by name, as in --handler.
#ifndef DRAWBRIDGE_GATEWAY_HANDLERS_NEW_HANDLER_H_
#define DRAWBRIDGE_GATEWAY_HANDLERS_NEW_HANDLER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/handlers/handler.h"

namespace drawbridge {

// All names; the first is the default. Thread-safe.
const std::vector<std::string>& HandlerNames();

// Null where no handler has this name. Thread-safe.
std::unique_ptr<Handler> NewHandler(std::string_view name);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_HANDLERS_NEW_HANDLER_H_
