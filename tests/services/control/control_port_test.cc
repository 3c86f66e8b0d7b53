// The control port alone: its bound, which connection it closes at the bound, and accepts that fail.
#include "services/control/control_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/mutex.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// Keeps the sockets that the port delivers, and closes each when its peer has disconnected, as gRPC does.
class Owner {
 public:
  ~Owner() {
    for (const int socket : sockets_) ::close(socket);
  }
  void Take(int socket) {
    MutexLock lock(mu_);
    sockets_.push_back(socket);
  }
  size_t taken() {
    MutexLock lock(mu_);
    return sockets_.size();
  }
  int socket(size_t i) {
    MutexLock lock(mu_);
    return sockets_[i];
  }
  void Close(size_t i) {
    MutexLock lock(mu_);
    ::close(sockets_[i]);
    sockets_.erase(sockets_.begin() + static_cast<std::ptrdiff_t>(i));
  }

 private:
  Mutex mu_;
  std::vector<int> sockets_;
};

class ControlPortTest : public ::testing::Test {
 protected:
  ControlPort& Start(size_t max_connections, milliseconds min_quiet) {
    port_.emplace(
        ControlPort::Options{
            .listen = "127.0.0.1:0", .max_connections = max_connections, .min_quiet = min_quiet},
        &clock_);
    port_->Start([this](int socket) { owner_.Take(socket); });
    return *port_;
  }
  // Returns once the connection is delivered.
  Client Connect() {
    const size_t before = owner_.taken();
    Client client = Client::Dial(port_->address());
    EXPECT_TRUE(WaitUntil([&] { return owner_.taken() > before; }));
    return client;
  }
  // The time since the last data was received, from the kernel.
  milliseconds QuietFor(size_t i) {
    tcp_info info{};
    socklen_t size = sizeof(info);
    ::getsockopt(owner_.socket(i), IPPROTO_TCP, TCP_INFO, &info, &size);
    return milliseconds(info.tcpi_last_data_recv);
  }
  bool IsShutDown(size_t i) {
    char byte = 0;
    return ::recv(owner_.socket(i), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }

  ManualClock clock_;
  Owner owner_;
  std::optional<ControlPort> port_;
};

TEST_F(ControlPortTest, CountsWhatIsOpenAndNotWhatItsOwnerHasClosed) {
  ControlPort& port = Start(10, hours(1));
  const Client first = Connect();
  const Client second = Connect();
  EXPECT_EQ(port.connections(), 2u);
  owner_.Close(0);
  EXPECT_EQ(port.connections(), 1u);
  const Client third = Connect();  // gets the same descriptor
  EXPECT_EQ(port.connections(), 2u);
}

TEST_F(ControlPortTest, AtItsBoundTheQuietestMakesRoomForTheNewcomer) {
  ControlPort& port = Start(2, milliseconds(0));
  const Client quiet = Connect();
  Client busy = Connect();
  ASSERT_TRUE(WaitUntil([&] {
    busy.Send("x");
    return QuietFor(0) > QuietFor(1) + milliseconds(20);
  }));
  Client newcomer = Client::Dial(port.address());
  ASSERT_TRUE(WaitUntil([&] { return IsShutDown(0); }));
  EXPECT_FALSE(IsShutDown(1));
  EXPECT_EQ(owner_.taken(), 2u) << "the newcomer waits until the other is closed";
  EXPECT_EQ(port.connections(), 2u);
  owner_.Close(0);
  ASSERT_TRUE(WaitUntil([&] { return owner_.taken() == 2; }));
  EXPECT_EQ(port.connections(), 2u);
  EXPECT_EQ(port.evicted(), 1u);
  EXPECT_EQ(port.refused(), 0u);
  newcomer.Send("x");
  EXPECT_FALSE(IsShutDown(1));
}

TEST_F(ControlPortTest, ANewcomerIsRefusedWhereNoneWasQuietForLongEnough) {
  ControlPort& port = Start(1, hours(1));
  const Client busy = Connect();
  Client newcomer = Client::Dial(port.address());
  EXPECT_EQ(newcomer.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_TRUE(WaitUntil([&] { return port.refused() == 1; }));
  EXPECT_FALSE(IsShutDown(0));
  EXPECT_EQ(port.evicted(), 0u);
  EXPECT_EQ(port.connections(), 1u);
}

// The listener of gRPC 1.51 accepts nothing any more after it has run out of descriptors once.
TEST_F(ControlPortTest, AcceptsAgainWhenThereAreDescriptorsAgain) {
  ControlPort& port = Start(10, hours(1));
  const int newcomer = ::socket(AF_INET, SOCK_STREAM, 0);
  const Client first = Connect();
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = 3;  // poll() fails if it is given more descriptors than the limit
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  sockaddr_in address{
      .sin_family = AF_INET,
      .sin_port =
          htons(static_cast<uint16_t>(std::stoi(port.address().substr(port.address().rfind(':') + 1)))),
      .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  EXPECT_EQ(::connect(newcomer, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_TRUE(WaitUntil([&] { return port.failures() >= 2; }));
  clock_.Advance(seconds(3));
  EXPECT_THAT(port.problem().value_or(""), HasSubstr("3.0 s: Too many open files"));
  EXPECT_EQ(owner_.taken(), 1u);

  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(WaitUntil([&] { return owner_.taken() == 2; }));
  EXPECT_EQ(port.problem(), std::nullopt);
  ::close(newcomer);
}

TEST_F(ControlPortTest, NothingIsDeliveredOnceItIsStopped) {
  ControlPort& port = Start(10, hours(1));
  const Client first = Connect();
  port.Stop();
  EXPECT_FALSE(IsShutDown(0));
  EXPECT_EQ(owner_.taken(), 1u);
  port.Stop();
}

}  // namespace
}  // namespace drawbridge
