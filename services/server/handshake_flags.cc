#include "services/server/handshake_flags.h"

#include <string>

#include "gateway/listener/host_policy.h"
#include "gateway/listener/origin_policy.h"
#include "gateway/listener/subprotocols.h"
#include "gateway/listener/trusted_headers.h"
#include "gateway/listener/trusted_proxies.h"

namespace drawbridge {
namespace {

std::string WantHosts(const std::string& text) {
  if (HostPolicy::Parse(text).has_value()) return "";
  return "must be a comma-separated list of host names and addresses, each with or without a port, such as "
         "edge.example.com, *.example.net:8443, 192.0.2.1 or [2001:db8::1], or empty";
}

std::string WantOrigins(const std::string& text) {
  if (OriginPolicy::Parse(text).has_value()) return "";
  return "must be a comma-separated list of same_host, null, * and origins such as https://app.example.com, "
         "https://*.example.com or http://localhost:3000, without a path";
}

std::string WantProxies(const std::string& text) {
  if (TrustedProxies::Parse(text).has_value()) return "";
  return "must be a comma-separated list of addresses and networks such as 192.0.2.1, 192.0.2.0/28 or "
         "2001:db8::/64, with no bit set after the prefix";
}

std::string WantSubprotocols(const std::string& text) {
  if (SubprotocolPolicy::Parse(text, "").has_value()) return "";
  return "must be a comma-separated list of subprotocols such as v2.chat,v1.chat, each without spaces and "
         "separators, or empty";
}

std::string WantTrustedHeader(const std::string& text) {
  if (TrustedHeaders::Parse(text).has_value()) return "";
  return "must be auto, or a comma-separated list of proxy_protocol, x-forwarded-for and forwarded, each "
         "once";
}

std::string WantTokenPrefixes(const std::string& text) {
  if (SubprotocolPolicy::Parse("", text).has_value()) return "";
  return "must be a comma-separated list of prefixes such as bearer.,access_token., each without spaces "
         "and separators, or empty";
}

}  // namespace

void DefineHandshake(Definer& define, Flags* flags) {
  define.Number("max_handshake_bytes", &flags->max_handshake_bytes,
                "The length of the longest upgrade request, in bytes: its request line and headers. A longer "
                "request gets HTTP 431, a longer request line HTTP 414.",
                1024, 1 << 20);
  define.List("allowed_hosts", &flags->allowed_hosts,
              "The host names that clients may use for this gateway; others get HTTP 421. A list such as "
              "edge.example.com,*.example.net:8443,192.0.2.1. Empty: any. With --allowed_origins=same_host "
              "only this flag refuses a web page whose own host name resolves to this gateway (DNS "
              "rebinding).",
              WantHosts);
  define.List("allowed_origins", &flags->allowed_origins,
              "The web pages that may connect; others get HTTP 403. A list of origins such as "
              "https://app.example.com or https://*.example.com, of same_host (the host name of the page is "
              "that of the Host header; scheme and port do not matter), null (pages without an origin), and "
              "* (all). Clients that send no Origin header are not web pages: this flag allows them.",
              WantOrigins);
  define.List("subprotocols", &flags->subprotocols,
              "The supported subprotocols in order of preference, such as v2.chat,v1.chat. The gateway "
              "selects the first of them that the client offers. A client that offers none of them connects "
              "without a subprotocol. Empty: the gateway selects what the client offers first.",
              WantSubprotocols);
  define.List("subprotocol_token_prefixes", &flags->subprotocol_token_prefixes,
              "The prefixes of entries of Sec-WebSocket-Protocol that carry a token. Such an entry is never "
              "selected, sent back, listed or logged. Empty: no entry carries a token.",
              WantTokenPrefixes);
  define.List("trusted_proxies", &flags->trusted_proxies,
              "The addresses and networks of proxies that are trusted to report the addresses of their "
              "clients, such as 192.0.2.1,2001:db8::/64. List proxies only: a client in these networks is "
              "trusted too.",
              WantProxies);
  define.List("trusted_header", &flags->trusted_header,
              "How these proxies report the client's address and whether it uses TLS: a list of "
              "proxy_protocol, x-forwarded-for (with X-Forwarded-Proto) and forwarded. Of the two headers "
              "the gateway trusts the first in the list that a request has. Each proxy must set that header, "
              "or remove it from the client's request. auto: the PROXY protocol if the proxy uses it, else "
              "X-Forwarded-For, else Forwarded.",
              WantTrustedHeader);
}

}  // namespace drawbridge
