// What a watch tells, in order: the snapshot, a bookmark, then what happens. Without gRPC's streams.
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

// One watch. Begin: any thread; the rest: one thread at a time. Nothing blocks or makes the data plane wait.
// The registry, the clock and the tokens must outlive it.
//
// Whoever applies all of it to a map (OPENED and UPDATED put a row in, CLOSED takes one out) has, once
// nothing is left to tell, what a list with the same filter shows. docs/watch.md says more.
class WatchFeed {
 public:
  struct Options {
    // Events behind which it may fall: half of the ring, so that a token given then is good for as many more.
    uint64_t max_lag = uint64_t{1} << 17;
    // Behind its last response when nothing happens; a second less than what is promised, for whoever asks
    // once a second.
    std::chrono::nanoseconds bookmark_interval = std::chrono::seconds(9);
  };

  // Errors as control.proto says. What is told begins with what is so at this moment, or where the token
  // says.
  static grpc::Status Begin(const Registry& registry, const Clock& clock, const WatchTokens& tokens,
                            const Options& options, const control::v1::WatchConnectionsRequest& request,
                            std::unique_ptr<WatchFeed>* out);

  // What comes next, in place of what `out` held, after a bounded look at what there is: some 64 KiB, or up
  // to 2 MiB where clients have the longest headers and labels. None: see `idle`. OUT_OF_RANGE where the ring
  // has gone over it meanwhile.
  grpc::Status Next(std::vector<control::v1::WatchConnectionsResponse>* out);

  // Whether the last Next saw all there was; else the next may have more at once.
  bool idle() const { return idle_; }
  // Whether it has fallen further behind than it may. One that was resumed may take all of the ring to catch
  // up with what was there when it began.
  bool lags() const;
  // To resume behind what Next has given so far.
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
  const std::string filter_text_;  // as the request has it: what tokens belong to
  const Filter filter_;

  WatchCursor cursor_;
  std::optional<Matches> snapshot_;  // until it is told
  const uint64_t caught_up_at_;      // the ring's end when it began; a bookmark is due there
  bool bookmark_due_ = true;
  uint64_t shown_until_ = 0;  // events before this position may be older than the snapshot's rows
  bool idle_ = false;
  SteadyTime last_told_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WATCH_FEED_H_
