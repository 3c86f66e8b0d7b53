// Parses JSON from untrusted sources without ambiguity.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_STRICT_JSON_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_STRICT_JSON_H_

#include <boost/json/fwd.hpp>
#include <boost/json/storage_ptr.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace drawbridge {

// Parses one JSON object (RFC 8259), or returns the reason why `text` is refused: a phrase such as "has the
// member 'sub' twice", to follow the name of what was parsed. It contains at most one member name and no
// value.
//
// Refused besides what is not JSON: another value than an object, a member name that occurs twice in one
// object at any depth (most parsers keep one of the two, and not all the same one), more than 32 levels, a
// number that does not fit a double, invalid UTF-8. The caller bounds the size. Callers include
// boost/json/object.hpp, which is heavy. The object is in `storage`, by default on the heap. Thread-safe;
// does not block.
std::variant<boost::json::object, std::string> ParseStrictJson(std::string_view text,
                                                               const boost::json::storage_ptr& storage = {});

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_STRICT_JSON_H_
