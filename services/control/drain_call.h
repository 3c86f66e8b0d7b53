// One DrainNode call: streams the progress of the drain. The drain does not depend on the call.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_DRAIN_CALL_H_
#define DRAWBRIDGE_SERVICES_CONTROL_DRAIN_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "drawbridge/control/v1/node.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/slots.h"
#include "services/control/audit.h"
#include "services/drain/drainer.h"

namespace drawbridge {

// Runs on a strand. Owns itself until gRPC calls OnDone.
class DrainCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                        public std::enable_shared_from_this<DrainCall> {
 public:
  // Dependencies; all must outlive the call. The destruction of the call releases `slot`.
  struct Environment {
    boost::asio::thread_pool& pool;
    Drainer& drainer;
    const Clock& clock;
    std::function<control::v1::Node()> describe;
  };
  // Must be called after Drainer::Drain.
  static DrainCall* Start(const Environment& environment, const grpc::CallbackServerContext& context,
                          Slot slot, Audit audit);

  DrainCall(const Environment& environment, Slot slot, Audit audit);
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { self_.reset(); }

 private:
  using Strand = boost::asio::strand<boost::asio::thread_pool::executor_type>;

  template <typename Work>
  void Post(Work work);
  void Report();
  void Over();
  void Advance();
  void Complete();
  void AwaitDeadline(std::chrono::nanoseconds waiting_time);
  void Leave(const grpc::Status& status);
  void Conclude(const grpc::Status& status);
  control::v1::DrainNodeResponse Progress() const;

  const Environment environment_;
  const Slot slot_;
  std::shared_ptr<DrainCall> self_;

  // Accessed only on the strand.
  Strand strand_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer deadline_;
  Audit audit_;
  uint64_t handle_ = 0;       // from Drainer::WhenOver
  grpc::ByteBuffer message_;  // being written while `writing_`
  bool writing_ = false;
  bool deadline_over_ = false;  // of the call
  bool over_ = false;           // the drain is over
  bool finished_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_DRAIN_CALL_H_
