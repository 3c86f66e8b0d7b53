#include "services/control/list_bans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "services/control/ban_fields.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kDefaultPageSize = 100;
constexpr size_t kMaxPageSize = 1000;

// The id after which the page begins.
std::optional<std::string> ParseToken(const std::string& token) {
  std::string id;
  if (token.empty()) return id;
  // The second comparison rejects other base64 encodings of the same id.
  if (!absl::WebSafeBase64Unescape(token, &id) || !IsBanId(id) || absl::WebSafeBase64Escape(id) != token)
    return std::nullopt;
  return id;
}

}  // namespace

grpc::Status ListBans(Bans& bans, const v1::ListBansRequest& request, v1::ListBansResponse* response) {
  if (request.page_size() < 0) {
    return InvalidField("PAGE_SIZE_NEGATIVE", "page_size",
                        fmt::format("is {}: at least 0 is required", request.page_size()));
  }
  const auto after = ParseToken(request.page_token());
  if (!after.has_value())
    return InvalidField("PAGE_TOKEN_INVALID", "page_token", "is no next_page_token of ListBans");
  const auto asked = static_cast<size_t>(request.page_size());
  const size_t size = asked == 0 ? kDefaultPageSize : std::min(asked, kMaxPageSize);
  // One ban more than requested shows whether there is another page.
  std::vector<BanPointer> page = bans.List(*after, size + 1);
  const bool is_last = page.size() <= size;
  if (!is_last) page.pop_back();
  response->mutable_bans()->Reserve(static_cast<int>(page.size()));
  for (const BanPointer& ban : page) Describe(*ban, response->add_bans());
  if (!is_last) response->set_next_page_token(absl::WebSafeBase64Escape(page.back()->ban_id));
  return grpc::Status::OK;
}

}  // namespace drawbridge
