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
         "2001:db8::/64, with no bit set behind a prefix";
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
  return "must be a comma-separated list of beginnings such as bearer.,access_token., each without spaces "
         "and separators, or empty";
}

}  // namespace

void DefineHandshake(Definer& define, Flags* flags) {
  define.Number("max_handshake_bytes", &flags->max_handshake_bytes,
                "Bytes of the request line and the headers of an upgrade; a longer request gets HTTP 431, a "
                "longer request line 414",
                1024, 1 << 20);
  define.List(
      "allowed_hosts", &flags->allowed_hosts,
      "Host names that clients may call this gateway by; others get HTTP 421. A list such as "
      "edge.example.com,*.example.net:8443,192.0.2.1. Empty: any. With same_host a web page whose own name "
      "resolves to this gateway (DNS rebinding) is kept out by this flag alone.",
      WantHosts);
  define.List(
      "allowed_origins", &flags->allowed_origins,
      "Which web pages may connect; others get HTTP 403. A list of origins such as "
      "https://app.example.com or https://*.example.com, of same_host (the host name of the page is that "
      "of the Host header, whatever the scheme and port), null (pages without an origin), and * (all). "
      "Clients that send no Origin header are no web pages.",
      WantOrigins);
  define.List(
      "subprotocols", &flags->subprotocols,
      "Subprotocols that are spoken, the best first, such as v2.chat,v1.chat. The best that a client offers "
      "is agreed to; where it offers none of them, none is, and it connects all the same. Empty: whatever a "
      "client offers first.",
      WantSubprotocols);
  define.List(
      "subprotocol_token_prefixes", &flags->subprotocol_token_prefixes,
      "How entries of Sec-WebSocket-Protocol begin that carry a token. They are never agreed to, sent back, "
      "listed or logged. Empty: there are none.",
      WantTokenPrefixes);
  define.List(
      "trusted_proxies", &flags->trusted_proxies,
      "Addresses and networks of proxies that are believed about their clients, such as "
      "192.0.2.1,2001:db8::/64. Name the proxies alone: a client inside of these networks is believed, too.",
      WantProxies);
  define.List(
      "trusted_header", &flags->trusted_header,
      "How these proxies tell the client's address, and whether it came by TLS: a list of proxy_protocol, "
      "x-forwarded-for (with X-Forwarded-Proto) and forwarded. Of the two headers the first in the list that "
      "a "
      "request has is believed; each proxy must set it, or remove what the client wrote there. auto: the "
      "PROXY "
      "protocol where the proxy speaks it, else X-Forwarded-For, else Forwarded.",
      WantTrustedHeader);
}

}  // namespace drawbridge
