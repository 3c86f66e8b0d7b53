#include "services/control/control_port.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace drawbridge {
namespace {

using std::chrono::milliseconds;

// The delay after accept has failed for lack of a resource.
constexpr milliseconds kRetry{100};
// The delay for gRPC to close a connection that was shut down.
constexpr milliseconds kClosing{5};
constexpr milliseconds kForEver{-1};
constexpr milliseconds kNoTime{0};
constexpr uint64_t kLinesPerSecond = 1;

int NewEvent() {
  const int event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (event < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return event;
}

// Whether accept failed for lack of a descriptor or of memory. Other errors mean that the pending connection
// is gone.
bool IsAboutMachine(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

ControlPort::ControlPort(Options options, const Clock* clock)
    : options_(std::move(options)),
      clock_(*clock),
      socket_(options_.listen),
      stop_event_(NewEvent()),
      lines_(kLinesPerSecond) {}

void ControlPort::Start(Deliver deliver) {
  deliver_ = std::move(deliver);
  thread_ = std::thread([this] { Run(); });
}

void ControlPort::Stop() {
  stopping_ = true;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t rung = ::write(stop_event_, &one, sizeof(one));
  if (thread_.joinable()) thread_.join();
  socket_.Close();
}

ControlPort::~ControlPort() {
  Stop();
  ::close(stop_event_);
}

std::optional<std::string> ControlPort::problem() const {
  const int error = error_.load();
  if (error == 0) return std::nullopt;
  const std::chrono::duration<double> since = clock_.Steady() - failing_since_.load();
  return fmt::format("the control port has not accepted connections for {:.1f} s: {}", since.count(),
                     std::strerror(error));
}

void ControlPort::Run() {
  while (!stopping_) {
    // While accept fails, it is retried even if no connection is pending any more.
    Wait(error_ == 0 ? kForEver : kRetry, /*for_newcomer=*/true);
    if (!stopping_) Wait(AcceptOne(), /*for_newcomer=*/false);
  }
}

void ControlPort::Wait(milliseconds at_most, bool for_newcomer) const {
  pollfd events[] = {{.fd = stop_event_, .events = POLLIN}, {.fd = socket_.fd(), .events = POLLIN}};
  ::poll(events, for_newcomer ? 2 : 1, static_cast<int>(at_most.count()));
}

milliseconds ControlPort::AcceptOne() {
  const auto room = accepted_.MakeRoom(options_.max_connections, options_.min_quiet, clock_.Steady());
  if (room == AcceptedSockets::Room::kSoon) {
    making_room_ = true;
    return kClosing;
  }
  const int socket = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0 && IsAboutMachine(errno)) {
    Failed(errno);
    return kRetry;
  }
  Succeeded();
  if (socket < 0) return kNoTime;
  if (room == AcceptedSockets::Room::kFree) {
    if (std::exchange(making_room_, false)) Evicted();
    Take(socket);
  } else {
    ::close(socket);
    Refused();
  }
  return kNoTime;
}

void ControlPort::Take(int socket) {
  const int timeout = static_cast<int>(options_.user_timeout.count());
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
  accepted_.Add(socket);
  deliver_(socket);
}

void ControlPort::Evicted() {
  ++evicted_;
  Tell("the connection that was idle for the longest time was closed for a new one");
}

void ControlPort::Refused() {
  ++refused_;
  Tell("a new connection was refused, since all others have carried data recently");
}

void ControlPort::Tell(std::string_view what) {
  const auto suppressed = lines_.Take(clock_.Steady());
  if (!suppressed.has_value()) return;
  spdlog::warn("control port: the limit of {} connections is reached: {} (suppressed={})",
               options_.max_connections, what, *suppressed);
}

void ControlPort::Failed(int error) {
  ++failures_;
  if (error_ != 0) return;
  failing_since_ = clock_.Steady();
  error_ = error;
  spdlog::error("control port: cannot accept connections: {}; retrying every {} ms", std::strerror(error),
                kRetry.count());
}

void ControlPort::Succeeded() {
  if (error_.load(std::memory_order_relaxed) == 0) return;
  const std::chrono::duration<double> since = clock_.Steady() - failing_since_.load();
  error_ = 0;
  spdlog::info("control port: accepts connections again, after {:.1f} s", since.count());
}

}  // namespace drawbridge
