// Each result of reading or writing a socket maps to one status.
#include "gateway/session/link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/gateway/session/socket_pair.h"

namespace drawbridge {
namespace {

using Status = IoResult::Status;

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(LinkTest, ReadsWhatIsThere) {
  SocketPair sockets;
  Link link(sockets.TakeOurs());
  std::array<char, 8> buffer;
  EXPECT_EQ(link.Read(buffer).status, Status::kWouldBlock);
  sockets.Send("0123456789");
  IoResult result = link.Read(buffer);
  EXPECT_EQ(result.status, Status::kOk);
  EXPECT_EQ(result.bytes, 8U);
  EXPECT_EQ(std::string(buffer.data(), 8), "01234567");
  result = link.Read(buffer);
  EXPECT_EQ(result.bytes, 2U);
  EXPECT_EQ(link.Read(buffer).status, Status::kWouldBlock);
}

TEST(LinkTest, TellsTheEndBehindTheLastBytes) {
  SocketPair sockets;
  Link link(sockets.TakeOurs());
  sockets.Send("last");
  sockets.CloseTheirs();
  std::array<char, 8> buffer;
  EXPECT_EQ(link.Read(buffer).bytes, 4U);
  EXPECT_EQ(link.Read(buffer).status, Status::kEndOfFile);
}

TEST(LinkTest, WritesWhatTheKernelTakes) {
  SocketPair sockets(4096);
  Link link(sockets.TakeOurs());
  const std::string bytes(1'000'000, 'x');
  const IoResult result = link.Write(bytes);
  EXPECT_EQ(result.status, Status::kOk);
  EXPECT_GT(result.bytes, 0U);
  EXPECT_LT(result.bytes, bytes.size());
  while (link.Write(bytes).status == Status::kOk) continue;
  EXPECT_EQ(link.Write(bytes).status, Status::kWouldBlock);
  EXPECT_EQ(link.Write(bytes).bytes, 0U);
}

TEST(LinkTest, WritesPiecesInOrder) {
  SocketPair sockets;
  Link link(sockets.TakeOurs());
  std::string one = "one ";
  std::string two = "two";
  const std::array<iovec, 2> pieces = {iovec{one.data(), one.size()}, iovec{two.data(), two.size()}};
  EXPECT_EQ(link.Write(pieces).bytes, 7U);
  EXPECT_EQ(sockets.Receive(), "one two");
}

// And without SIGPIPE, which would end this process.
TEST(LinkTest, WritingToNobodyIsBroken) {
  SocketPair sockets;
  Link link(sockets.TakeOurs());
  sockets.CloseTheirs();
  EXPECT_EQ(link.Write("x").status, Status::kBroken);
  std::string piece = "x";
  const std::array<iovec, 1> pieces = {iovec{piece.data(), piece.size()}};
  EXPECT_EQ(link.Write(pieces).status, Status::kBroken);
}

TEST(LinkTest, ShutdownWriteLetsThePeerGoOn) {
  SocketPair sockets;
  Link link(sockets.TakeOurs());
  link.ShutdownWrite();
  char byte;
  EXPECT_EQ(::recv(sockets.theirs(), &byte, 1, 0), 0);
  sockets.Send("more");
  std::array<char, 8> buffer;
  EXPECT_EQ(link.Read(buffer).bytes, 4U);
}

TEST(LinkTest, OwnsItsDescriptor) {
  SocketPair sockets;
  const int fd = sockets.TakeOurs();
  {
    Link first(fd);
    EXPECT_EQ(first.fd(), fd);
    Link second(std::move(first));
    EXPECT_EQ(second.fd(), fd);
    EXPECT_TRUE(IsOpen(fd));
  }
  EXPECT_FALSE(IsOpen(fd));
}

TEST(LinkTest, ClosesOnce) {
  SocketPair sockets;
  const int fd = sockets.TakeOurs();
  Link link(fd);
  link.Close();
  EXPECT_FALSE(IsOpen(fd));
  SocketPair other;  // may get the same number
  const bool taken_again = IsOpen(fd);
  link.Close();
  link.Reset();
  EXPECT_EQ(IsOpen(fd), taken_again);
}

// A connected pair of TCP sockets, the first non-blocking.
std::pair<int, int> TcpPair() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener, generic, size), 0);
  EXPECT_EQ(::listen(listener, 1), 0);
  EXPECT_EQ(::getsockname(listener, generic, &size), 0);
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(::connect(client, generic, size), 0);
  const int server = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  ::close(listener);
  return {server, client};
}

TEST(LinkTest, ResetIsSeenAsAReset) {
  const auto [server, client] = TcpPair();
  Link link(server);
  link.Reset();
  EXPECT_FALSE(IsOpen(server));
  char byte;
  EXPECT_EQ(::recv(client, &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
  ::close(client);
}

TEST(LinkTest, AResetByThePeerIsBroken) {
  const auto [server, client] = TcpPair();
  Link link(server);
  Link(client).Reset();
  pollfd ready{.fd = server, .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&ready, 1, 10'000), 1);
  std::array<char, 8> buffer;
  EXPECT_EQ(link.Read(buffer).status, Status::kBroken);
}

}  // namespace
}  // namespace drawbridge
