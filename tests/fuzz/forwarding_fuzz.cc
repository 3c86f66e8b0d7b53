// Arbitrary forwarding headers and origins: never is more believed than what the last proxy has appended.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/listener/host_policy.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/trusted_headers.h"
#include "gateway/listener/trusted_proxies.h"
#include "tests/fuzz/chunks.h"

namespace drawbridge {
namespace {

void Run(const std::string& input) {
  static const auto proxies = TrustedProxies::Parse("10.0.0.0/8,2001:db8::/32").value();
  static const auto peer = SocketAddress::Parse("10.0.0.1:1000").value();
  const auto resolve = [](const ForwardingHeaders& headers) {
    const auto kind = TrustedHeaders().HeaderOf(headers, false).value();
    return proxies.Resolve(peer, headers, kind).address.ToString();
  };

  if (!SocketAddress::Parse(resolve({input, input, input})).has_value()) Broken("no address");
  if (!SocketAddress::Parse(resolve({.forwarded = input})).has_value()) Broken("no address");
  // Whatever the client writes, the address that the proxy appends applies.
  if (resolve({.forwarded = input + ",for=192.0.2.1", .x_forwarded_for = ""}) != "192.0.2.1:0" ||
      resolve({.forwarded = "", .x_forwarded_for = input + ",192.0.2.1"}) != "192.0.2.1:0") {
    Broken("the client was believed");
  }
  const SocketAddress stranger = SocketAddress::Parse("192.0.2.9:1").value();
  for (const auto kind : {TrustedHeaders::Kind::kForwarded, TrustedHeaders::Kind::kXForwarded}) {
    const ForwardedClient client = proxies.Resolve(stranger, {input, input, input}, kind);
    if (client.address.ToString() != stranger.ToString() || client.tls.has_value())
      Broken("an untrusted peer was believed");
  }
  if (proxies
          .Resolve(peer, {.forwarded = input + ",for=192.0.2.1;proto=http"}, TrustedHeaders::Kind::kForwarded)
          .tls != false) {
    Broken("the client was believed about TLS");
  }
  // A header of the other kind changes nothing.
  if (resolve({.forwarded = input, .x_forwarded_for = "192.0.2.1"}) != "192.0.2.1:0")
    Broken("the address is hidden");

  if (!input.empty() && OriginPolicy().Allows(input, "gateway.example")) {
    const size_t host = input.find("://") + 3;
    std::string name = input.substr(host, 15);
    for (char& c : name) c = static_cast<char>(c | 0x20);
    const std::string rest = input.substr(std::min(host + 15, input.size()));
    if (name != "gateway.example" || (!rest.empty() && rest != "/" && rest.front() != ':'))
      Broken("another host: " + input);
  }
  static_cast<void>(OriginPolicy::Parse(input));
  static_cast<void>(TrustedProxies::Parse(input));
  static_cast<void>(TrustedHeaders::Parse(input));
  static_cast<void>(HostPolicy::Parse(input));
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
