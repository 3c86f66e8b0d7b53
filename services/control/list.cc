#include "services/control/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/control/convert.h"
#include "services/control/errors.h"
#include "services/control/matches.h"
#include "services/control/parse_filter.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kDefaultPageSize = 100;
constexpr size_t kMaxPageSize = 1000;

constexpr size_t kPageBudget = 20'000;  // connections that a page examines, plus at most one stretch
constexpr size_t kLongestStretch = 4096;

// The validated request.
struct Query {
  Filter filter;
  size_t page_size = 0;
  uint64_t after = 0;
};

ListQuery TokenQuery(const Registry& registry, const v1::ListConnectionsRequest& request) {
  return {.incarnation = registry.node().incarnation(),
          .filter = request.filter(),
          .show_closed = request.show_closed()};
}

grpc::Status Parse(const Registry& registry, const PageTokens& tokens,
                   const v1::ListConnectionsRequest& request, Query* query) {
  if (request.page_size() < 0) {
    return InvalidField("PAGE_SIZE_NEGATIVE", "page_size",
                        fmt::format("is {}: at least 0 is required", request.page_size()));
  }
  const auto size = static_cast<size_t>(request.page_size());
  query->page_size = size == 0 ? kDefaultPageSize : std::min(size, kMaxPageSize);
  if (!request.filter().empty()) {
    if (grpc::Status status = ParseFilterField(request.filter(), &query->filter); !status.ok()) return status;
  }
  if (request.page_token().empty()) return grpc::Status::OK;
  const auto after = tokens.Read(TokenQuery(registry, request), request.page_token());
  if (!after.has_value()) {
    return InvalidField("PAGE_TOKEN_INVALID", "page_token",
                        "was not issued by this node since its start for the same filter and show_closed");
  }
  query->after = *after;
  return grpc::Status::OK;
}

struct Page {
  std::vector<std::shared_ptr<Connection>> connections;
  bool is_last = false;
  uint64_t next = 0;  // the next page begins after this sequence
};

Page Collect(const Registry& registry, const Clock& clock, const Query& query, bool show_closed) {
  // One connection more than requested shows whether there is another page.
  const size_t wanted = query.page_size + 1;
  Matches matches(registry, query.filter, clock, {.after = query.after, .show_closed = show_closed});
  Page page;
  size_t stretch = wanted;
  for (size_t looked_at = 0; page.connections.size() < wanted && looked_at < kPageBudget && !matches.done();
       looked_at += stretch) {
    auto found = matches.Next(stretch);
    std::ranges::move(found, std::back_inserter(page.connections));
    stretch = std::min(2 * stretch, kLongestStretch);
  }
  if (page.connections.size() < wanted) {
    page.is_last = matches.done();
    page.next = matches.after();
  } else {
    page.connections.resize(query.page_size);
    page.next = page.connections.back()->info().sequence;
  }
  return page;
}

// Writes the connections of the page. The first one that exceeds the size limit begins the next page.
void Describe(const Registry& registry, const Clock& clock, Page* page,
              v1::ListConnectionsResponse* response) {
  response->mutable_connections()->Reserve(static_cast<int>(page->connections.size()));
  size_t bytes = 0;
  for (size_t i = 0; i < page->connections.size(); ++i) {
    v1::Connection* const row = response->add_connections();
    Describe(*page->connections[i], registry.node().node_id(), clock, row);
    bytes += row->ByteSizeLong();
    if (i == 0 || bytes <= kAnswerBytes) continue;
    response->mutable_connections()->RemoveLast();
    page->is_last = false;
    page->next = page->connections[i - 1]->info().sequence;
    return;
  }
}

}  // namespace

grpc::Status ListConnections(const Registry& registry, const Clock& clock, const PageTokens& tokens,
                             const v1::ListConnectionsRequest& request,
                             v1::ListConnectionsResponse* response) {
  Query query;
  if (grpc::Status status = Parse(registry, tokens, request, &query); !status.ok()) return status;
  Page page = Collect(registry, clock, query, request.show_closed());
  Describe(registry, clock, &page, response);
  if (!page.is_last) response->set_next_page_token(tokens.Make(TokenQuery(registry, request), page.next));
  const auto total = KnownCount(registry, query.filter);
  response->set_total_size(total.has_value() ? static_cast<int64_t>(*total) : -1);
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
