// Makes labels of a connection of claims of its token.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_CLAIM_LABELS_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_CLAIM_LABELS_H_

#include <boost/json/fwd.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/connections/label.h"
#include "gateway/identity/claim_path.h"

namespace drawbridge {

struct LabelRule {
  ClaimPath claim;
  std::string key;  // of the label
};

// Parses rules of the form CLAIM=LABEL, at most kMaxLabels with a key each. CLAIM is as ClaimPath::Parse
// takes it and may contain '='. A text instead names the rule that is wrong and says why.
std::variant<std::vector<LabelRule>, std::string> ParseLabelRules(const std::vector<std::string>& texts);

using Labels = std::vector<std::pair<std::string, std::string>>;  // key and value

// The labels that the rules make of the claims, in the order of the rules. A claim that is missing or null
// makes no label. A string is the value; a number and a boolean are written as in JSON, a number with the
// fewest digits. An array of strings becomes one value, joined by commas: ["admin","ops"] makes "admin,ops",
// and an empty one the empty value. A text instead says why the token cannot be accepted: a value of more
// than kMaxLabelValueBytes, an object, an array with something else than strings, or a string with a comma in
// an array, which would read as two. Such a token is refused, because a label that is missing or cut could be
// mistaken for a user with fewer rights or with others.
std::variant<Labels, std::string> MakeLabels(const std::vector<LabelRule>& rules,
                                             const boost::json::object& claims);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_CLAIM_LABELS_H_
