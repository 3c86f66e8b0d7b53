#include <array>
#include <future>
#include <initializer_list>
#include <stdexcept>

#include "grpcpp/client_context.h"
#include "tests/soak/actors.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;

// The time that the gateway guarantees in addition to the grace.
constexpr milliseconds kBeyondGrace{250};
constexpr milliseconds kGrace{300};

class Interrupter {
 public:
  explicit Interrupter(World& world) : world_(world) {}

  void Next() {
    switch (turn_++ % kKinds) {
      case 0:
        return Polite();
      case 1:
        return Silent();
      case 2:
        return Aborted();
      case 3:
        return NotReading();
      case 4:
        return NotWaitedFor();
      case 5:
        return GoneMeanwhile();
      case 6:
        return InAFrame();
      default:
        return Unknown();
    }
  }

 private:
  static constexpr int kKinds = 8;

  static v1::InterruptConnectionRequest RequestFor(const Client& client) {
    v1::InterruptConnectionRequest request;
    request.set_connection_id(client.id());
    request.mutable_grace()->set_nanos(static_cast<int32_t>(std::chrono::nanoseconds(kGrace).count()));
    request.set_code(4001);
    request.set_reason("soak");
    return request;
  }

  // Makes the call, and checks its duration and its outcome.
  v1::InterruptConnectionResponse Call(const v1::InterruptConnectionRequest& request,
                                       std::initializer_list<v1::InterruptOutcome> expected) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    v1::InterruptConnectionResponse response;
    const auto begin = LagMeter::Clock::now();
    const grpc::Status status = world_.stub.InterruptConnection(&context, request, &response);
    const auto took = LagMeter::Clock::now() - begin;
    if (!status.ok()) throw std::runtime_error("InterruptConnection: " + status.error_message());
    if (std::ranges::find(expected, response.outcome()) == expected.end()) {
      throw std::runtime_error("unexpected " + v1::InterruptOutcome_Name(response.outcome()));
    }
    world_.ledger.Count("interrupts: " + v1::InterruptOutcome_Name(response.outcome()).substr(18));
    const milliseconds promised =
        (request.abort() || request.no_wait() ? milliseconds(0) : kGrace) + kBeyondGrace;
    const auto elapsed = std::chrono::seconds(response.elapsed().seconds()) +
                         std::chrono::nanoseconds(response.elapsed().nanos());
    CheckTime("gone", elapsed - promised, begin);
    CheckTime("answered", took - promised, begin);
    return response;
  }

  // On a machine that wakes up threads late, or delays echoes and other calls, an interrupt is late, too.
  // That much delay is allowed, and counted.
  void CheckTime(const std::string& what, LagMeter::Clock::duration over, LagMeter::Clock::time_point begin) {
    if (over <= LagMeter::Clock::duration::zero()) return;
    // An answer passes through a thread of the gateway and one of this program. Each may be late by that.
    const auto lag = 2 * world_.lag.WorstSince(begin);
    if (over <= lag) {
      return world_.ledger.Count("interrupts " + what + " late, by less than twice the measured lag");
    }
    const auto ms = [](auto duration) {
      return std::to_string(std::chrono::duration_cast<milliseconds>(duration).count()) + " ms";
    };
    throw std::runtime_error(what + " " + ms(over) +
                             " more than grace and 250 ms; twice the measured lag is " + ms(lag));
  }

  void Polite() {
    Client client = Client::Open(world_.address);
    auto answered = std::async(std::launch::async, [&] { return AnswerClose(client); });
    Call(RequestFor(client), {v1::INTERRUPT_OUTCOME_CLOSED_CLEAN});
    const ServerFrame frame = answered.get();
    if (frame.code() != 4001 || frame.reason() != "soak")
      throw std::runtime_error("closed with another code");
    Call(RequestFor(client), {v1::INTERRUPT_OUTCOME_ALREADY_CLOSED});
  }

  void Silent() {
    Client client = Client::Open(world_.address);
    auto second = std::async(std::launch::async, [&] {
      Call(RequestFor(client), {v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT, v1::INTERRUPT_OUTCOME_ALREADY_CLOSED});
    });
    Call(RequestFor(client), {v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT, v1::INTERRUPT_OUTCOME_ALREADY_CLOSED});
    second.get();
  }

  void Aborted() {
    Client client = Client::Open(world_.address);
    auto request = RequestFor(client);
    request.set_abort(true);
    Call(request, {v1::INTERRUPT_OUTCOME_CLOSED_ABORTED});
    if (client.DrainToEnd() != Client::Ending::kReset)
      throw std::runtime_error("aborted, but not by a reset");
  }

  void NotReading() {
    Client client = Client::Open(world_.address, SmallBuffers());
    Flood flood(client, 1024);
    for (int i = 0; i < 200 && flood.Push(); ++i) {
    }
    auto request = RequestFor(client);
    request.set_drop_pending(true);
    Call(request, {v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT});
  }

  void NotWaitedFor() {
    Client client = Client::Open(world_.address);
    auto request = RequestFor(client);
    request.set_no_wait(true);
    Call(request, {v1::INTERRUPT_OUTCOME_ACCEPTED});
    AnswerClose(client);
    client.DrainToEnd();
  }

  void GoneMeanwhile() {
    Client client = Client::Open(world_.address);
    const auto request = RequestFor(client);
    auto gone = std::async(std::launch::async, [&] { client.Reset(); });
    Call(request, {v1::INTERRUPT_OUTCOME_CLOSED_ABORTED, v1::INTERRUPT_OUTCOME_ALREADY_CLOSED});
    gone.get();
  }

  void InAFrame() {
    Client client = Client::Open(world_.address);
    client.Send(std::string("\x82\xfe\x10", 3));
    Call(RequestFor(client), {v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT});
  }

  void Unknown() {
    Client client = Client::Open(world_.address);
    auto request = RequestFor(client);
    request.set_connection_id(client.id().substr(0, client.id().rfind('-')) + "-zzzzzz");
    request.set_allow_missing(true);
    Call(request, {v1::INTERRUPT_OUTCOME_ALREADY_CLOSED});
  }

  World& world_;
  int turn_ = 0;
};

}  // namespace

void InterruptThem(World& world, int per_second, const std::stop_token& stop) {
  Interrupter interrupter(world);
  AtRate(world, per_second, stop, "interrupt", [&] { interrupter.Next(); });
}

}  // namespace drawbridge
