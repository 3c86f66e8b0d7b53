#include "services/control/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/control/convert.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;

// A token names the incarnation that gave it: after a restart the sequences mean other connections.
std::string MakePageToken(const Registry& registry, uint64_t last_sequence) {
  return fmt::format("{}-{}", registry.node().incarnation(), last_sequence);
}

std::optional<uint64_t> ParsePageToken(const Registry& registry, std::string_view token) {
  const std::string prefix = registry.node().incarnation() + "-";
  if (!token.starts_with(prefix)) return std::nullopt;
  token.remove_prefix(prefix.size());
  uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), sequence);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return sequence;
}

}  // namespace

grpc::Status ListConnections(const Registry& registry, const Clock& clock,
                             const v1::ListConnectionsRequest& request,
                             v1::ListConnectionsResponse* response) {
  if (request.page_size() < 0) {
    return InvalidField("PAGE_SIZE_NEGATIVE", "page_size",
                        fmt::format("is {}: at least 0 is required", request.page_size()));
  }
  if (!request.filter().empty()) return InvalidField("NOT_SUPPORTED_YET", "filter", "is not supported yet");
  if (request.show_closed()) return InvalidField("NOT_SUPPORTED_YET", "show_closed", "is not supported yet");
  uint64_t after = 0;
  if (!request.page_token().empty()) {
    const auto parsed = ParsePageToken(registry, request.page_token());
    if (!parsed.has_value()) {
      return InvalidField("PAGE_TOKEN_INVALID", "page_token",
                          "is not a next_page_token of this node since its start");
    }
    after = *parsed;
  }
  const int wanted =
      request.page_size() == 0 ? kDefaultPageSize : std::min(request.page_size(), kMaxPageSize);
  const auto size = static_cast<size_t>(wanted);

  auto page = registry.Page(after, size + 1);  // one more tells whether there is another page
  const bool is_last = page.size() <= size;
  if (!is_last) page.pop_back();
  response->mutable_connections()->Reserve(static_cast<int>(page.size()));
  for (const auto& connection : page) {
    Describe(*connection, registry.node().node_id(), clock, response->add_connections());
  }
  if (!is_last) response->set_next_page_token(MakePageToken(registry, page.back()->info().sequence));
  response->set_total_size(static_cast<int64_t>(registry.size()));
  return grpc::Status::OK;
}

grpc::Status GetConnection(const Registry& registry, const Clock& clock,
                           const v1::GetConnectionRequest& request, v1::GetConnectionResponse* response) {
  if (!IsConnectionId(request.connection_id())) return MalformedConnectionId(request.connection_id());
  const auto connection = registry.Find(request.connection_id());
  if (connection == nullptr) return ConnectionNotFound(request.connection_id());
  Describe(*connection, registry.node().node_id(), clock, response->mutable_connection());
  return grpc::Status::OK;
}

}  // namespace drawbridge
