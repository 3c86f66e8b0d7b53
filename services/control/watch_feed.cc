#include "services/control/watch_feed.h"

#include <algorithm>
#include <utility>

#include "services/control/convert.h"
#include "services/control/errors.h"
#include "services/control/parse_filter.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kRows = 64;             // at most, in one call of Next
constexpr size_t kRowBytes = 64 * 1024;  // about, in one call of Next
constexpr size_t kLookedAt = 1024;       // connections or events, in one call of Next

size_t BytesOf(const v1::WatchConnectionsResponse& row) { return row.ByteSizeLong(); }

grpc::Status TooOld() {
  return Failure(grpc::StatusCode::OUT_OF_RANGE, "RESUME_TOKEN_TOO_OLD",
                 "resume_token: the events after it are no longer stored: start again without it");
}

}  // namespace

grpc::Status WatchFeed::Begin(const Registry& registry, const Clock& clock, const WatchTokens& tokens,
                              const Options& options, const v1::WatchConnectionsRequest& request,
                              std::unique_ptr<WatchFeed>* out) {
  Filter filter;
  if (!request.filter().empty()) {
    if (grpc::Status status = ParseFilterField(request.filter(), &filter); !status.ok()) return status;
    if (const std::string_view field = filter.MovingField(); !field.empty()) {
      return InvalidField("FILTER_NOT_WATCHABLE", "filter",
                          "tests " + std::string(field) +
                              ", whose result changes without an event: a watch would miss the change");
    }
  }
  // The position is read before the registry, so that events during the snapshot are sent after it.
  WatchCursor cursor{.position = registry.events().end(),
                     .walked = request.skip_snapshot() ? WatchCursor::kWholeSnapshot : 0};
  if (!request.resume_token().empty()) {
    const auto read = tokens.Read(registry.node().incarnation(), request.filter(), request.resume_token());
    if (!read.has_value()) {
      return InvalidField("RESUME_TOKEN_INVALID", "resume_token",
                          "was not issued by this node since its start for the same filter");
    }
    cursor = *read;
    if (cursor.position < registry.events().begin()) return TooOld();
  }
  out->reset(new WatchFeed(registry, clock, tokens, options, request.filter(), std::move(filter), cursor));
  return grpc::Status::OK;
}

WatchFeed::WatchFeed(const Registry& registry, const Clock& clock, const WatchTokens& tokens,
                     const Options& options, std::string filter_text, Filter filter,
                     const WatchCursor& cursor)
    : registry_(registry),
      clock_(clock),
      tokens_(tokens),
      options_(options),
      filter_text_(std::move(filter_text)),
      filter_(std::move(filter)),
      cursor_(cursor),
      caught_up_at_(registry.events().end()),
      last_told_(clock.Steady()) {
  if (cursor.walked != WatchCursor::kWholeSnapshot)
    snapshot_.emplace(registry_, filter_, clock_, MatchOptions{.after = cursor.walked});
}

bool WatchFeed::lags() const {
  const Events& events = registry_.events();
  if (cursor_.position < caught_up_at_) return cursor_.position < events.begin();
  return events.end() - cursor_.position > options_.max_lag;
}

grpc::Status WatchFeed::Next(Rows* out) {
  idle_ = false;
  out->clear();
  if (snapshot_.has_value()) {
    NextOfSnapshot(out);
  } else if (grpc::Status status = NextEvents(out); !status.ok()) {
    return status;
  }
  const SteadyTime now = clock_.Steady();
  if (idle_ && out->empty() && now - last_told_ >= options_.bookmark_interval) AddBookmark(out);
  if (!out->empty()) last_told_ = now;
  return grpc::Status::OK;
}

// A bookmark ends the snapshot, or the initial events of a watch without a snapshot.
void WatchFeed::NextOfSnapshot(Rows* out) {
  size_t bytes = 0;
  for (size_t looked_at = 0; looked_at < kLookedAt && bytes < kRowBytes && out->size() < kRows;
       looked_at += kRows) {
    for (const auto& connection : snapshot_->Next(kRows)) {
      const ConnectionState state = connection->state();
      cursor_.walked = connection->info().sequence;
      if (state == ConnectionState::kClosed) continue;  // about to be unlisted
      auto& row = Add(v1::CONNECTION_EVENT_TYPE_OPENED, out);
      row.set_snapshot(true);
      Describe(*connection, state, registry_.node().node_id(), clock_, row.mutable_connection());
      bytes += BytesOf(row);
    }
    cursor_.walked = snapshot_->after();
    if (!snapshot_->done()) continue;
    snapshot_.reset();
    shown_until_ = registry_.events().end();
    bookmark_due_ = false;
    return AddBookmark(out);
  }
}

grpc::Status WatchFeed::NextEvents(Rows* out) {
  std::vector<Event> events;
  if (!registry_.events().Read(cursor_.position, kLookedAt, &events)) return TooOld();
  size_t bytes = 0;
  for (const Event& event : events) {
    if (out->size() >= kRows || bytes >= kRowBytes) return grpc::Status::OK;
    const size_t rows = out->size();
    ++cursor_.position;
    Tell(event, out);
    if (out->size() > rows) bytes += BytesOf(out->back());
  }
  if (bookmark_due_ && cursor_.position >= caught_up_at_) {
    bookmark_due_ = false;
    AddBookmark(out);
  }
  idle_ = events.size() < kLookedAt;
  return grpc::Status::OK;
}

void WatchFeed::Tell(const Event& event, Rows* out) {
  if (const auto connection = registry_.Find(event.sequence)) return TellOf(event, *connection, out);
  // The history no longer has the connection, so only its id is known. A client without an entry for it
  // ignores the response.
  if (event.kind != Event::Kind::kClosed) return;
  v1::Connection& gone = *Add(v1::CONNECTION_EVENT_TYPE_CLOSED, out).mutable_connection();
  gone.set_connection_id(registry_.node().ConnectionId(event.sequence));
  gone.set_node_id(registry_.node().node_id());
  gone.set_state(v1::CONNECTION_STATE_CLOSED);
}

// Whether the connection matches now is evaluated with its current attributes, and whether it matched before
// with those that the event replaced. Each change is recorded after it was made. So the last event of a
// connection sees the last attributes, and a connection does not leave the filter without an event that saw
// it inside.
void WatchFeed::TellOf(const Event& event, const Connection& connection, Rows* out) {
  const AttributesPointer attributes = connection.attributes();
  const AttributesPointer& before = event.relabelled ? event.before : attributes;
  ConnectionState state = event.state;
  // The snapshot may already have shown the connection as closing.
  if (cursor_.position <= shown_until_ && state == ConnectionState::kOpen &&
      connection.state() != ConnectionState::kOpen)
    state = ConnectionState::kClosing;

  auto type = v1::CONNECTION_EVENT_TYPE_OPENED;
  if (event.kind == Event::Kind::kClosed || !MatchesWith(connection, state, attributes)) {
    if (event.kind == Event::Kind::kOpened || !MayHaveMatched(connection, before)) return;
    type = v1::CONNECTION_EVENT_TYPE_CLOSED;
  } else if (event.kind == Event::Kind::kUpdated) {
    const ConnectionState earlier = event.relabelled ? state : ConnectionState::kOpen;
    if (MatchesWith(connection, earlier, before)) type = v1::CONNECTION_EVENT_TYPE_UPDATED;
  }
  Describe(connection, state, registry_.node().node_id(), clock_, Add(type, out).mutable_connection());
}

bool WatchFeed::MatchesWith(const Connection& connection, ConnectionState state,
                            const AttributesPointer& attributes) const {
  FilterContext context(registry_.node().node_id(), clock_);
  context.state = state;
  context.attributes = attributes;
  return filter_.Matches(connection, context);
}

// Tests both states, since an update and the begin of the closing may be recorded in reverse order.
bool WatchFeed::MayHaveMatched(const Connection& connection, const AttributesPointer& attributes) const {
  return MatchesWith(connection, ConnectionState::kOpen, attributes) ||
         MatchesWith(connection, ConnectionState::kClosing, attributes);
}

v1::WatchConnectionsResponse& WatchFeed::Add(v1::ConnectionEventType type, Rows* out) const {
  v1::WatchConnectionsResponse& row = out->emplace_back();
  row.set_type(type);
  row.set_node_id(registry_.node().node_id());
  row.set_resume_token(token());
  return row;
}

}  // namespace drawbridge
