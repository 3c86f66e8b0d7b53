#include "gateway/handlers/new_handler.h"

#include "gateway/handlers/discard.h"
#include "gateway/handlers/echo.h"

namespace drawbridge {

const std::vector<std::string>& HandlerNames() {
  static const auto& names = *new std::vector<std::string>{"echo", "discard"};
  return names;
}

std::unique_ptr<Handler> NewHandler(std::string_view name) {
  if (name == "echo") return std::make_unique<EchoHandler>();
  if (name == "discard") return std::make_unique<DiscardHandler>();
  return nullptr;
}

}  // namespace drawbridge
