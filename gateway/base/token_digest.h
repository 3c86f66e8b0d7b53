// The digest by which tokens are compared and remembered.
#ifndef DRAWBRIDGE_GATEWAY_BASE_TOKEN_DIGEST_H_
#define DRAWBRIDGE_GATEWAY_BASE_TOKEN_DIGEST_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace drawbridge {

// The SHA-256 of a token. What stores digests instead of tokens does not reveal a token in a copy of its
// memory.
using TokenDigest = std::array<uint8_t, 32>;

// Thread-safe; does not block.
TokenDigest DigestOf(std::string_view token);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_TOKEN_DIGEST_H_
