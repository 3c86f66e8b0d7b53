// Addresses as users write them, and similar texts that are not valid.
#include "gateway/listener/address.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

TEST(SocketAddressTest, WritesWhatItRead) {
  for (const char* text : {"127.0.0.1:8080", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:8080", "[::]:0",
                           "[2001:db8::1]:443"}) {
    const auto address = SocketAddress::Parse(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(SocketAddressTest, HasOneSpelling) {
  EXPECT_EQ(SocketAddress::Parse("[2001:DB8:0:0:0:0:0:1]:0443")->ToString(), "[2001:db8::1]:443");
}

TEST(SocketAddressTest, RefusesEverythingElse) {
  for (const char* text : {"",
                           ":",
                           "8080",
                           ":8080",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1: 1",
                           "127.0.0.1:1 ",
                           " 127.0.0.1:1",
                           "127.0.0.1:1x",
                           "127.0.0:1",
                           "127.0.0.256:1",
                           "127.0.0.1.1:1",
                           "localhost:80",
                           "::1",
                           "::1:80",
                           "[::1]",
                           "[::1]:",
                           "[::1]80",
                           "[]:80",
                           "[::1:80",
                           "::1]:80",
                           "[::1%lo]:80",
                           "[127.0.0.1]:80",
                           "[::1]x:80",
                           "127.0.0.1:80:80",
                           "0x7f.0.0.1:80",
                           "127.1:80"}) {
    EXPECT_FALSE(SocketAddress::Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(SocketAddress::Parse(std::string_view("127.0.0.1\0x:80", 14)).has_value()) << "a hidden rest";
  EXPECT_FALSE(SocketAddress::Parse(std::string_view("[::1\0]:80", 9)).has_value());
}

TEST(SocketAddressTest, KnowsLoopback) {
  for (const char* text : {"127.0.0.1:1", "127.255.255.254:1", "[::1]:1"}) {
    EXPECT_TRUE(SocketAddress::Parse(text)->is_loopback()) << text;
  }
  for (const char* text :
       {"0.0.0.0:1", "128.0.0.1:1", "126.255.255.255:1", "[::]:1", "[::2]:1", "[fe80::1]:1"}) {
    EXPECT_FALSE(SocketAddress::Parse(text)->is_loopback()) << text;
  }
}

TEST(SocketAddressTest, ShowsAnIpv4ClientOfADualStackSocketAsSuch) {
  EXPECT_EQ(SocketAddress::Parse("[::ffff:10.1.2.3]:80")->ToString(), "10.1.2.3:80");
}

TEST(SocketAddressTest, IsWhatTheSocketCallsWant) {
  for (const char* text : {"127.0.0.1:0", "[::1]:0"}) {
    SocketAddress address = *SocketAddress::Parse(text);
    const int fd = ::socket(address.family(), SOCK_STREAM, 0);
    if (fd < 0 || ::bind(fd, address.data(), address.size()) != 0) {
      EXPECT_EQ(address.family(), AF_INET6) << "only IPv6 may be missing here";
    } else {
      SocketAddress bound;
      EXPECT_EQ(::getsockname(fd, bound.data(), bound.size_pointer()), 0);
      EXPECT_EQ(bound.family(), address.family());
      EXPECT_NE(bound.ToString(), text) << "the kernel picked a port";
    }
    if (fd >= 0) ::close(fd);
  }
}

}  // namespace
}  // namespace drawbridge
