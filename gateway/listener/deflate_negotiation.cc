#include "gateway/listener/deflate_negotiation.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace drawbridge {
namespace {

// An offer with its parameters parsed.
struct Offer {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  std::optional<int> server_max_window_bits;
  std::optional<int> client_max_window_bits;  // 15 if the parameter has no value
};

// 8 to 15, without leading zeros (section 7.1.2).
std::optional<int> WindowBits(std::string_view value) {
  if (value == "8" || value == "9") return value[0] - '0';
  if (value.size() != 2 || value[0] != '1' || value[1] < '0' || value[1] > '5') return std::nullopt;
  return 10 + value[1] - '0';
}

// False if the parameter is unknown, repeated, or has an invalid value.
bool Take(const Extension::Parameter& parameter, Offer& offer) {
  const auto once = [](bool& flag) { return !std::exchange(flag, true); };
  const auto once_with_bits = [&parameter](std::optional<int>& bits, std::optional<int> without_value) {
    if (bits.has_value()) return false;
    bits = parameter.value.has_value() ? WindowBits(*parameter.value) : without_value;
    return bits.has_value();
  };
  if (parameter.name == "server_no_context_takeover")
    return !parameter.value.has_value() && once(offer.server_no_context_takeover);
  if (parameter.name == "client_no_context_takeover")
    return !parameter.value.has_value() && once(offer.client_no_context_takeover);
  if (parameter.name == "server_max_window_bits")
    return once_with_bits(offer.server_max_window_bits, std::nullopt);
  if (parameter.name == "client_max_window_bits")
    return once_with_bits(offer.client_max_window_bits, kMaxDeflateWindowBits);
  return false;
}

// nullopt: the offer must be declined.
std::optional<Offer> Understand(const Extension& extension) {
  Offer offer;
  for (const auto& parameter : extension.parameters) {
    if (!Take(parameter, offer)) return std::nullopt;
  }
  if (offer.server_max_window_bits.value_or(kMaxDeflateWindowBits) < kMinDeflateWindowBits)
    return std::nullopt;
  return offer;
}

DeflateAnswer Answer(const Offer& offer, const DeflateOptions& options) {
  const int server_bits =
      std::min(options.server_window_bits, offer.server_max_window_bits.value_or(kMaxDeflateWindowBits));
  // The server may bound the client's window only if the client offers that (RFC 7692, section 7.1.2.2).
  const bool bounded = offer.client_max_window_bits.has_value();
  const int client_bits =
      bounded ? std::min(options.client_window_bits, *offer.client_max_window_bits) : kMaxDeflateWindowBits;
  const DeflateAgreement agreement{
      .server_window_bits = static_cast<uint8_t>(server_bits),
      .client_window_bits = static_cast<uint8_t>(client_bits),
      .server_context_takeover = options.server_context_takeover && !offer.server_no_context_takeover,
      .client_context_takeover = options.client_context_takeover && !offer.client_no_context_takeover &&
                                 client_bits <= options.client_window_bits};
  std::string header = "permessage-deflate";
  if (!agreement.server_context_takeover) header += "; server_no_context_takeover";
  if (!agreement.client_context_takeover) header += "; client_no_context_takeover";
  if (offer.server_max_window_bits.has_value() || server_bits < kMaxDeflateWindowBits)
    header += fmt::format("; server_max_window_bits={}", server_bits);
  if (bounded && client_bits < kMaxDeflateWindowBits)
    header += fmt::format("; client_max_window_bits={}", client_bits);
  return {agreement, std::move(header)};
}

}  // namespace

std::optional<DeflateAnswer> NegotiateDeflate(std::span<const Extension> offers,
                                              const DeflateOptions& options) {
  for (const Extension& extension : offers) {
    if (extension.name != "permessage-deflate") continue;
    if (const auto offer = Understand(extension)) return Answer(*offer, options);
  }
  return std::nullopt;
}

}  // namespace drawbridge
