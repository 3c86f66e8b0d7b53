#include "services/control/close_present.h"

#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "services/control/ban_fields.h"

namespace drawbridge {
namespace {

// As fast as possible. A client that connects meanwhile is refused by the handshake or found by the walk.
BulkInterruptOptions OptionsOf(const Ban& ban) {
  BulkInterruptOptions options{.filter = FilterOf(ban.subject), .newcomers = true};
  options.close.code = ban.code;
  options.close.reason = ban.reason;
  options.close.actor = ban.actor;
  return options;
}

}  // namespace

void ClosePresent::Start(const Environment& environment, const Ban& ban, Slot slot, Done done) {
  const auto closes = std::make_shared<ClosePresent>(environment, std::move(slot), std::move(done));
  closes->self_ = closes;
  auto ended = [weak = closes->weak_from_this()] {
    if (const auto alive = weak.lock()) alive->Post();
  };
  closes->run_ = std::make_unique<BulkInterrupt>(environment.registry, environment.clock, OptionsOf(ban),
                                                 std::random_device()(), std::move(ended));
  closes->Post();
}

ClosePresent::ClosePresent(const Environment& environment, Slot slot, Done done)
    : clock_(environment.clock),
      strand_(boost::asio::make_strand(environment.pool)),
      timer_(strand_),
      slot_(std::move(slot)),
      done_(std::move(done)) {}

void ClosePresent::Post() {
  boost::asio::post(strand_, [closes = shared_from_this()] { closes->Advance(); });
}

void ClosePresent::Advance() {
  if (self_ == nullptr) return;  // all is done
  const auto next = run_->Work();
  if (run_->done()) {
    timer_.cancel();
    slot_.Release();
    done_(run_->Progress());
    self_.reset();
    return;
  }
  if (!next.has_value()) return;  // `ended` leads here again
  timer_.expires_after(*next - clock_.Steady());
  timer_.async_wait([closes = shared_from_this()](const boost::system::error_code& error) {
    if (!error) closes->Advance();
  });
}

}  // namespace drawbridge
