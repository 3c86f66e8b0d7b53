// Two connected sockets in this process: one for the code under test, one for the test.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_SOCKET_PAIR_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_SOCKET_PAIR_H_

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"

namespace drawbridge {

// Neither end blocks.
class SocketPair {
 public:
  // `buffer`: roughly how much the kernel buffers; 0: its default.
  explicit SocketPair(int buffer = 0) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    ours_ = ends[0];
    theirs_ = ends[1];
    if (buffer == 0) return;
    EXPECT_EQ(::setsockopt(ours_, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)), 0);
  }
  ~SocketPair() {
    CloseTheirs();
    if (ours_ >= 0) ::close(ours_);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  // The end for the code under test, which takes ownership of it.
  int TakeOurs() { return std::exchange(ours_, -1); }
  int theirs() const { return theirs_; }

  // Returns what has arrived at the test's end, at most `limit` bytes.
  std::string Receive(size_t limit = ~size_t{0}) {
    std::string received;
    char piece[4096];
    while (received.size() < limit) {
      const ssize_t count = ::recv(theirs_, piece, std::min(sizeof(piece), limit - received.size()), 0);
      if (count <= 0) break;
      received.append(piece, static_cast<size_t>(count));
    }
    return received;
  }
  void Send(std::string_view bytes) {
    EXPECT_EQ(::send(theirs_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void CloseTheirs() {
    if (theirs_ >= 0) ::close(std::exchange(theirs_, -1));
  }

 private:
  int ours_ = -1;
  int theirs_ = -1;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_SOCKET_PAIR_H_
