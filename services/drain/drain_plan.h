// How a node is emptied.
#ifndef DRAWBRIDGE_SERVICES_DRAIN_DRAIN_PLAN_H_
#define DRAWBRIDGE_SERVICES_DRAIN_DRAIN_PLAN_H_

#include <chrono>

#include "gateway/connections/close.h"

namespace drawbridge {

struct DrainPlan {
  std::chrono::nanoseconds not_ready{0};  // still accepting, since load balancers react with a delay
  std::chrono::nanoseconds spread{0};     // the close frames are spread evenly over it
  // A client that remains at the end of the grace after the last close frame is cut.
  CloseRequest close{CloseCause::kShutdown};
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_DRAIN_DRAIN_PLAN_H_
