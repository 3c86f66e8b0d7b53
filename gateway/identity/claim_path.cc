#include "gateway/identity/claim_path.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <utility>

#include "gateway/identity/quoted.h"

namespace drawbridge {

ClaimPath::ClaimPath(std::vector<std::string> names) : names_(std::move(names)) {
  std::string joined = names_.front();
  for (size_t i = 1; i < names_.size(); ++i) joined.append(".").append(names_[i]);
  shown_ = QuotedForHeader(joined);
}

ClaimPath ClaimPath::OfName(std::string_view name) { return ClaimPath({std::string(name)}); }

std::variant<ClaimPath, std::string> ClaimPath::Parse(std::string_view text) {
  if (text.find("://") != std::string_view::npos && text.find('\\') == std::string_view::npos)
    return OfName(text);
  std::vector<std::string> names(1);
  while (!text.empty()) {
    if (text.front() == '.') {
      names.emplace_back();
    } else {
      if (text.front() == '\\') {
        text.remove_prefix(1);
        if (!text.starts_with('.') && !text.starts_with('\\'))
          return R"(has a \ that is not followed by . or \)";
      }
      names.back().push_back(text.front());
    }
    text.remove_prefix(1);
  }
  if (std::ranges::any_of(names, &std::string::empty)) return "has an empty name";
  return ClaimPath(std::move(names));
}

const boost::json::value* ClaimPath::Find(const boost::json::object& claims) const {
  const boost::json::object* object = &claims;
  const boost::json::value* found = nullptr;
  for (const std::string& name : names_) {
    found = object == nullptr ? nullptr : object->if_contains(name);
    if (found == nullptr || found->is_null()) return nullptr;
    object = found->if_object();
  }
  return found;
}

}  // namespace drawbridge
