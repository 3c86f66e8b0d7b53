// Describes in the same words how the Engine and how Boost.Beast interpret the same bytes of a client.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_ACCOUNTS_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_ACCOUNTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gateway/session/deflate_options.h"

namespace drawbridge {

inline constexpr size_t kAccountLimit = 1000;  // the maximum size of a message, in bytes

// One line for each received item. The last line describes the end.
using Account = std::vector<std::string>;

// `chunk`: the size of each read. `deflate`: the negotiated compression; nullopt: none.
Account OfEngine(const std::string& bytes, size_t chunk,
                 const std::optional<DeflateAgreement>& deflate = std::nullopt);
Account OfBeast(const std::string& bytes, size_t chunk,
                const std::optional<DeflateAgreement>& deflate = std::nullopt);

// Whether a difference comes from a known error of Beast:
//  - It accepts every close code from 5000 on, which no version of the protocol allows.
//  - It does not know the close code 1014, which was registered later.
//  - It accepts a length with its top bit set (section 5.2).
//  - It accepts a text that ends inside a character, if an empty fragment follows.
// `engine` and `beast` are the first lines that differ.
bool IsKnownDifference(const std::string& engine, const std::string& beast, const std::string& bytes,
                       const std::optional<DeflateAgreement>& deflate = std::nullopt);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_ACCOUNTS_H_
