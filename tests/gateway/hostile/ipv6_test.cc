// The bound on connections per address for IPv6 clients. The addresses of a /64 network count together,
// because a client with one of them usually has all. Loopback has a single IPv6 address, so the other clients
// come through a proxy.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/gateway/hostile/running_gateway.h"
#include "tests/gateway/listener/proxy_headers.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

// The way in which a proxy passes on the address of a client. Each test uses one.
using Saying = Client::Options (*)(const std::string& address);

Client::Options ByHeader(const std::string& address) { return {.headers = {"X-Forwarded-For: " + address}}; }
Client::Options ByForwarded(const std::string& address) {
  return {.headers = {"Forwarded: for=\"[" + address + "]:4711\""}};
}
Client::Options ByPreface(const std::string& address) {
  return {.preface = "PROXY TCP6 " + address + " 2001:db8::80 4711 8080\r\n"};
}
// Takes the last byte of `address`, which must be in 2001:db8::/120.
Client::Options ByBinaryPreface(const std::string& address) {
  std::string body = Inet6();
  body[15] = address.back();
  return {.preface = ProxyV2{.family = 0x21, .body = body}.Bytes()};
}

class Ipv6Test : public ::testing::TestWithParam<Saying> {
 protected:
  static constexpr size_t kMost = 3;

  Client Open(const std::string& address) { return running_.Open(GetParam()(address)); }
  int StatusOf(const std::string& address) {
    Client client = running_.Dial(GetParam()(address));
    return client.Upgrade().status;
  }

  RunningGateway running_{
      {.max_connections_per_address = kMost, .trusted_proxies = *TrustedProxies::Parse("127.0.0.0/8")}};
};

TEST_P(Ipv6Test, TheAddressesOfOneNetworkCountTogether) {
  std::vector<Client> clients;
  for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8::3"}) clients.push_back(Open(address));
  EXPECT_EQ(running_.connections(), kMost);
  for (const char* address : {"2001:db8::4", "2001:db8::1"}) EXPECT_EQ(StatusOf(address), 429) << address;
  for (Client& client : clients) client.Echo("undisturbed");

  // A place that is released is free for any of them.
  clients.back().SendClose(1000);
  clients.back().DrainToEnd();
  clients.pop_back();
  EXPECT_TRUE(WaitUntil([&] { return StatusOf("2001:db8::9") == 101; }));
}

INSTANTIATE_TEST_SUITE_P(, Ipv6Test,
                         ::testing::Values(&ByHeader, &ByForwarded, &ByPreface, &ByBinaryPreface));

using Ipv6NetworksTest = Ipv6Test;

TEST_P(Ipv6NetworksTest, AnotherNetworkHasPlacesOfItsOwn) {
  std::vector<Client> clients;
  for (const char* network : {"2001:db8:0:1:", "2001:db8:0:2:", "2001:db9:0:1:", "3001:db8:0:1:"}) {
    const std::string prefix(network);
    clients.push_back(Open(prefix + ":1"));
    clients.push_back(Open(prefix + "ffff:ffff:ffff:ffff"));
    clients.push_back(Open(prefix + "8000::1"));
    EXPECT_EQ(StatusOf(prefix + "1:2:3:4"), 429) << network;
  }
  EXPECT_EQ(running_.connections(), clients.size());
}

INSTANTIATE_TEST_SUITE_P(, Ipv6NetworksTest, ::testing::Values(&ByHeader, &ByForwarded, &ByPreface));

// An IPv4-mapped IPv6 address counts as the IPv4 address. Otherwise all of them would be one network.
TEST(Ipv6MappedTest, MappedAddressesCountAsThoseOfIpv4) {
  RunningGateway running(
      {.max_connections_per_address = 1, .trusted_proxies = *TrustedProxies::Parse("127.0.0.0/8")});
  const Client first = running.Open(ByHeader("::ffff:192.0.2.1"));
  const Client second = running.Open(ByHeader("::ffff:192.0.2.2"));
  Client third = running.Dial(ByHeader("192.0.2.1"));
  EXPECT_EQ(third.Upgrade().status, 429);
}

// Uses real IPv6, which is often missing in containers.
class Ipv6PeerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sockaddr_in6 loopback{};
    loopback.sin6_family = AF_INET6;
    loopback.sin6_addr = in6addr_loopback;
    const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&loopback), sizeof(loopback)) == 0;
    if (fd >= 0) ::close(fd);
    if (!bound) GTEST_SKIP() << "no ::1";
  }
};

TEST_F(Ipv6PeerTest, ThePeerCounts) {
  RunningGateway running({.listen = "[::1]:0", .max_connections_per_address = 2});
  ASSERT_TRUE(running.address().starts_with("[::1]:"));
  Client first = running.Open();
  const Client second = running.Open();
  EXPECT_EQ(running.Find(second)->info().remote_address, second.local_address());
  Client third = running.Dial();
  EXPECT_EQ(third.Upgrade().status, 429);
  first.SendClose(1000);
  first.DrainToEnd();
  first.Close();
  EXPECT_TRUE(WaitUntil([&] {
    Client next = running.Dial();
    return next.Upgrade().status == 101;
  }));
}

TEST_F(Ipv6PeerTest, WhoComesThroughATrustedProxyCountsForItself) {
  RunningGateway running({.listen = "[::1]:0",
                          .max_connections_per_address = 1,
                          .trusted_proxies = *TrustedProxies::Parse("::1/128")});
  std::vector<Client> clients;
  for (const char* address : {"2001:db8:0:1::1", "2001:db8:0:2::1", "192.0.2.1"})
    clients.push_back(running.Open(ByHeader(address)));
  Client next = running.Dial(ByHeader("2001:db8:0:2::2"));
  EXPECT_EQ(next.Upgrade().status, 429);
}

}  // namespace
}  // namespace drawbridge
