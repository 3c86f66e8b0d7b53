#include "gateway/listener/trusted_headers.h"

#include <algorithm>

#include "gateway/base/ascii.h"

namespace drawbridge {
namespace {

using Kind = TrustedHeaders::Kind;

std::optional<Kind> KindOf(std::string_view word) {
  if (word == "proxy_protocol") return Kind::kProxyProtocol;
  if (word == "x-forwarded-for") return Kind::kXForwarded;
  if (word == "forwarded") return Kind::kForwarded;
  return std::nullopt;
}

bool Has(const ForwardingHeaders& headers, Kind kind) {
  if (kind == Kind::kForwarded) return !headers.forwarded.empty();
  return !headers.x_forwarded_for.empty() || !headers.x_forwarded_proto.empty();
}

}  // namespace

std::optional<TrustedHeaders> TrustedHeaders::Parse(std::string_view list) {
  TrustedHeaders trusted;
  if (Trim(list) == "auto") return trusted;
  for (const std::string_view word : Split(list, ',')) {
    const auto kind = KindOf(word);
    if (!kind.has_value() || std::ranges::find(trusted.kinds_, *kind) != trusted.kinds_.end()) {
      return std::nullopt;
    }
    trusted.kinds_.push_back(*kind);
  }
  return trusted;
}

bool TrustedHeaders::proxy_protocol() const {
  return kinds_.empty() || std::ranges::find(kinds_, Kind::kProxyProtocol) != kinds_.end();
}

std::optional<Kind> TrustedHeaders::HeaderOf(const ForwardingHeaders& headers,
                                             bool behind_proxy_protocol) const {
  if (kinds_.empty()) {
    if (behind_proxy_protocol) return std::nullopt;
    // Without X-Forwarded-For, a Forwarded header is preferred to X-Forwarded-Proto: it may have an address.
    const bool forwarded = headers.x_forwarded_for.empty() && Has(headers, Kind::kForwarded);
    return forwarded ? Kind::kForwarded : Kind::kXForwarded;
  }
  for (const Kind kind : kinds_) {
    if (kind != Kind::kProxyProtocol && Has(headers, kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace drawbridge
