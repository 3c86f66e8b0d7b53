// Fetches a key set over HTTPS.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_HTTPS_FETCH_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_HTTPS_FETCH_H_

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "gateway/identity/key_source.h"
#include "gateway/identity/key_url.h"

namespace drawbridge {

// The time for a whole fetch, from the look-up of the name to the last byte.
inline constexpr std::chrono::seconds kFetchTimeout{5};

// Fetches the body of the URL with GET. The server's certificate must be for the host of the URL and signed
// by an authority of `ca_file` (PEM), or of the system if that is empty. Only status 200 is a success:
// redirects are not followed, because another host could then supply the keys. The body has at most
// KeySet::kMaxBytes. No proxy is used.
//
// Blocks for at most `timeout`, and for a tenth of a second at most once a stop is requested; a look-up of a
// name that hangs is waited for longer, since the library cannot give it up. Thread-safe.
KeySource::Fetched FetchHttps(const KeyUrl& url, const std::string& ca_file, const std::stop_token& stop,
                              std::chrono::nanoseconds timeout = kFetchTimeout);

// How long an answer is fresh by its Cache-Control and Age headers (RFC 9111, section 4.2): zero if it must
// not be reused, nullopt if they do not say. Ignores what is malformed.
std::optional<std::chrono::seconds> Freshness(std::string_view cache_control, std::string_view age);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_HTTPS_FETCH_H_
