// Closes the connections that a new ban matches.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CLOSE_PRESENT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CLOSE_PRESENT_H_

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/slots.h"
#include "services/control/bulk_interrupt.h"

namespace drawbridge {

// Drives a BulkInterrupt with a timer, on a strand of its own. Owns itself until all connections have ended,
// whether or not the caller still waits: no client that is banned stays.
class ClosePresent final : public std::enable_shared_from_this<ClosePresent> {
 public:
  // Dependencies. All must outlive the closes: the pool may be destroyed once all connections of the registry
  // have ended.
  struct Environment {
    boost::asio::thread_pool& pool;
    const Registry& registry;
    const Clock& clock;
  };
  // Called once with the counts, on a thread of the pool. It must not block.
  using Done = std::function<void(const control::v1::InterruptConnectionsResponse& counts)>;

  // The ban must have been inserted before (see Bans). Releases `slot` at the end. Any thread; does not
  // block.
  static void Start(const Environment& environment, const Ban& ban, Slot slot, Done done);

  ClosePresent(const Environment& environment, Slot slot, Done done);  // for Start only

 private:
  void Post();
  void Advance();

  const Clock& clock_;
  std::shared_ptr<ClosePresent> self_;

  // Accessed only on the strand.
  boost::asio::strand<boost::asio::thread_pool::executor_type> strand_;
  boost::asio::steady_timer timer_;
  Slot slot_;
  Done done_;
  std::unique_ptr<BulkInterrupt> run_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CLOSE_PRESENT_H_
