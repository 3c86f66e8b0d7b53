// One InterruptConnections call: drives a BulkInterrupt with a timer and streams its progress.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_CALL_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/slots.h"
#include "services/control/audit.h"
#include "services/control/ban_keeper.h"
#include "services/control/bulk_interrupt.h"

namespace drawbridge {

// Runs on its own strand, so another call waits at most for one part of its work. Owns itself until gRPC
// calls OnDone.
class BulkInterruptCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                                public std::enable_shared_from_this<BulkInterruptCall> {
 public:
  // Dependencies; all must outlive the call. The destruction of the call releases `slot`.
  struct Environment {
    boost::asio::thread_pool& pool;
    const Registry& registry;
    const Clock& clock;
    BanKeeper& ban_keeper;
  };
  static BulkInterruptCall* Start(const Environment& environment, const grpc::CallbackServerContext& context,
                                  BulkInterruptOptions options, Slot slot, Audit audit);

  BulkInterruptCall(const Environment& environment, Slot slot, Audit audit);
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { self_.reset(); }

 private:
  using Strand = boost::asio::strand<boost::asio::thread_pool::executor_type>;

  template <typename Work>
  void Post(Work work);
  void Advance();
  void MakeBans(std::vector<Ban> bans);
  void Report(SteadyTime now);
  void Complete();
  void AwaitDeadline(std::chrono::nanoseconds waiting_time);
  void Leave(const grpc::Status& status);
  void Conclude(const grpc::Status& status);
  void WakeUpAt(SteadyTime time);

  const Clock& clock_;
  BanKeeper& ban_keeper_;
  const Slot slot_;
  std::shared_ptr<BulkInterruptCall> self_;

  // Accessed only on the strand.
  Strand strand_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer deadline_;
  Audit audit_;
  std::unique_ptr<BulkInterrupt> run_;
  SteadyTime next_report_;
  grpc::ByteBuffer message_;  // being written while `writing_`
  bool writing_ = false;
  bool deadline_over_ = false;
  bool finished_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_CALL_H_
