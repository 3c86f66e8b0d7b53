// The responses of a watch, in order: the snapshot, a bookmark, then the events. Does not depend on gRPC
// streams.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WATCH_FEED_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WATCH_FEED_H_

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/events.h"
#include "gateway/connections/registry.h"
#include "services/control/matches.h"
#include "services/control/watch_token.h"
#include "services/filter/filter.h"

namespace drawbridge {

// One watch. Begin is thread-safe; the other functions are not. No function blocks or makes the data plane
// wait. The registry, the clock and the tokens must outlive it.
//
// If a client applies all responses to a map (OPENED and UPDATED set an entry, CLOSED removes one), the map
// has the connections of a list with the same filter once no response is pending. See docs/watch.md.
class WatchFeed {
 public:
  struct Options {
    // The number of events that it may fall behind: half of the ring, so that a token of that moment stays
    // valid for as many further events.
    uint64_t max_lag = uint64_t{1} << 17;
    // The time without a response after which a bookmark is sent. It is a second less than documented, since
    // the check runs once a second.
    std::chrono::nanoseconds bookmark_interval = std::chrono::seconds(9);
  };

  // control.proto documents the errors. The feed begins with the current state, or at the position of the
  // token.
  static grpc::Status Begin(const Registry& registry, const Clock& clock, const WatchTokens& tokens,
                            const Options& options, const control::v1::WatchConnectionsRequest& request,
                            std::unique_ptr<WatchFeed>* out);

  // Replaces `out` with the next responses: about 64 KiB, or up to 2 MiB if clients have the longest headers
  // and labels. The work of one call is bounded. Empty: see `idle`. OUT_OF_RANGE if the ring has overwritten
  // the next event.
  grpc::Status Next(std::vector<control::v1::WatchConnectionsResponse>* out);

  // Whether the last Next reached the end of the events; otherwise the next call may return more at once.
  bool idle() const { return idle_; }
  // Whether it has fallen too far behind. A resumed watch may use the whole ring until it has caught up with
  // the events that existed when it began.
  bool lags() const;
  // The token to resume after the responses that Next has returned so far.
  std::string token() const { return tokens_.Make(registry_.node().incarnation(), filter_text_, cursor_); }

 private:
  using Rows = std::vector<control::v1::WatchConnectionsResponse>;

  WatchFeed(const Registry& registry, const Clock& clock, const WatchTokens& tokens, const Options& options,
            std::string filter_text, Filter filter, const WatchCursor& cursor);

  void NextOfSnapshot(Rows* out);
  grpc::Status NextEvents(Rows* out);
  void Tell(const Event& event, Rows* out);
  void TellOf(const Event& event, const Connection& connection, Rows* out);
  control::v1::WatchConnectionsResponse& Add(control::v1::ConnectionEventType type, Rows* out) const;
  void AddBookmark(Rows* out) const { Add(control::v1::CONNECTION_EVENT_TYPE_BOOKMARK, out); }

  bool MatchesWith(const Connection& connection, ConnectionState state,
                   const AttributesPointer& attributes) const;
  bool MayHaveMatched(const Connection& connection, const AttributesPointer& attributes) const;

  const Registry& registry_;
  const Clock& clock_;
  const WatchTokens& tokens_;
  const Options options_;
  const std::string filter_text_;  // as in the request; tokens are bound to it
  const Filter filter_;

  WatchCursor cursor_;
  std::optional<Matches> snapshot_;  // until all of it is returned
  const uint64_t caught_up_at_;      // the ring's end when it began; a bookmark is due there
  bool bookmark_due_ = true;
  uint64_t shown_until_ = 0;  // events before this position may be older than the snapshot's rows
  bool idle_ = false;
  SteadyTime last_told_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WATCH_FEED_H_
