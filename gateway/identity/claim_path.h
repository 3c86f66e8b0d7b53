// Names a claim of a token, also one inside of another.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_CLAIM_PATH_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_CLAIM_PATH_H_

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace drawbridge {

// A value. The const functions are thread-safe and do not block.
class ClaimPath {
 public:
  // The claim with this name at the top level, dots included. For names that are known when this is compiled.
  static ClaimPath OfName(std::string_view name);

  // Parses a path such as "realm_access.roles": a dot stands between the names of a claim and of a member of
  // its object. "\." is a dot in a name and "\\" a backslash. A text that contains "://" and no backslash is
  // a single name, since claims are often named by a URL ("https://example.com/role"). A text instead says
  // what is wrong: a phrase to follow the path.
  static std::variant<ClaimPath, std::string> Parse(std::string_view text);

  // Null where the token does not have the claim, or has null, or has something else than an object on the
  // way. Valid as long as `claims`.
  const boost::json::value* Find(const boost::json::object& claims) const;

  // The names joined by dots, quoted (see QuotedForHeader).
  const std::string& shown() const { return shown_; }

 private:
  explicit ClaimPath(std::vector<std::string> names);

  std::vector<std::string> names_;  // at least one
  std::string shown_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_CLAIM_PATH_H_
