// What the Engine and what Boost.Beast make of the same bytes of a client, in the same words.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_ACCOUNTS_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_ACCOUNTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gateway/session/deflate_options.h"

namespace drawbridge {

inline constexpr size_t kAccountLimit = 1000;  // of a message, in bytes

// What a session comes to: what was received, one line each, the last one saying how it ended.
using Account = std::vector<std::string>;

// `chunk`: how much each read brings. `deflate`: what is agreed on of compression; nullopt: none.
Account OfEngine(const std::string& bytes, size_t chunk,
                 const std::optional<DeflateAgreement>& deflate = std::nullopt);
Account OfBeast(const std::string& bytes, size_t chunk,
                const std::optional<DeflateAgreement>& deflate = std::nullopt);

// Where Beast is known to be wrong:
//  - it takes every close code from 5000 on, which no version of the protocol allows;
//  - it does not know 1014, which was registered after it was written;
//  - a length with its top bit set (section 5.2) is to it just a long one;
//  - it takes a text that ends inside a character, if an empty fragment follows.
// The two lines are the first that differ.
bool IsKnownDifference(const std::string& engine, const std::string& beast, const std::string& bytes,
                       const std::optional<DeflateAgreement>& deflate = std::nullopt);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_ACCOUNTS_H_
