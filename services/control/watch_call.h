// One WatchConnections call: sends the responses of its feed as fast as the client reads.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WATCH_CALL_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WATCH_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/base/clock.h"
#include "services/auth/guard.h"
#include "services/control/watch_feed.h"

namespace drawbridge {

class Watches;

// Runs on the thread of Watches. Callbacks of gRPC are posted there, so there is no lock. gRPC allows one
// write at a time, and no Finish during a write. Watches::Remove destroys it after all work that was posted
// for it.
class WatchCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  WatchCall(Watches& watches, const Call& call, std::unique_ptr<WatchFeed> feed);
  ~WatchCall() override;

  // Begins. Must be called once.
  void Start();
  // Writes the next response, if there is one and no write is in progress.
  void Step();
  // Called after events and once a second.
  void Wake();
  bool ended() const { return ended_; }

  // Called by gRPC on any thread.
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  struct Row {
    grpc::ByteBuffer bytes;
    std::string token;
  };

  bool Fill();  // false: the call has ended
  void Written(bool ok);
  void Pop();
  void Forget();
  void DeadlineIsNear();
  void Doom(const grpc::Status& why, std::chrono::nanoseconds patience);
  void End(const grpc::Status& status);
  grpc::Status TooSlow() const;

  Watches& watches_;
  grpc::CallbackServerContext* const context_;
  const std::function<grpc::Status()> admitted_;
  std::unique_ptr<WatchFeed> feed_;  // null: ending or ended
  std::deque<Row> rows_;             // the first is being written while `writing_`
  std::string last_token_;           // of the last response given to gRPC, or of the start
  bool writing_ = false;
  bool ended_ = false;
  bool revoked_ = false;  // its caller is no longer admitted
  std::optional<grpc::Status> doom_;
  const std::optional<std::chrono::nanoseconds> waiting_time_;
  boost::asio::steady_timer deadline_;
  SteadyTime cut_time_;  // when an ending call that does not read is cancelled
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WATCH_CALL_H_
