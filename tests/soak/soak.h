// Runs a soak: the same load on a gateway for a short and then for a long time. Compares the resources that
// it holds after each.
#ifndef DRAWBRIDGE_TESTS_SOAK_SOAK_H_
#define DRAWBRIDGE_TESTS_SOAK_SOAK_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "tests/soak/actors.h"
#include "tests/soak/process.h"
#include "tests/support/child_process.h"

namespace drawbridge {

class Soak {
 public:
  // `gateway`: the path of the program. Returns when it serves.
  explicit Soak(const std::string& gateway);

  // Blocks for `duration` and about a minute more. Prints the progress; true if there was no failure.
  bool Run(std::chrono::seconds duration);

 private:
  void LoadUntil(const std::function<bool()>& is_over);
  Holdings Settle();
  void Sample();
  size_t Connections();
  void Judge(const Holdings& before, const Holdings& after);
  void End();

  ChildProcess process_;
  std::unique_ptr<control::v1::ConnectionService::Stub> stub_;
  Ledger ledger_;
  LagMeter lag_;
  std::unique_ptr<World> world_;
  std::chrono::steady_clock::time_point next_line_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SOAK_SOAK_H_
