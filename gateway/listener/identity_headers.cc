#include "gateway/listener/identity_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/base/utf8.h"
#include "gateway/identity/claim_labels.h"
#include "gateway/identity/token_rules.h"
#include "gateway/listener/token_list.h"

namespace drawbridge {
namespace {

// The value of the header; empty: absent. `most`: its bytes.
std::variant<std::string, HttpAnswer> ValueOf(const IdentityHeaders::Lines& lines, const std::string& header,
                                              size_t most) {
  const auto values = lines(header);
  if (values.empty()) return std::string();
  if (values.size() > 1) return HttpAnswer{400, fmt::format("more than one {} header", header)};
  const std::string_view value = values.front();
  if (value.size() > most) {
    return HttpAnswer{400, fmt::format("{} has {} bytes: must have at most {}", header, value.size(), most)};
  }
  if (HasControlCharacter(value))
    return HttpAnswer{400, fmt::format("{} is not UTF-8 without control characters", header)};
  return std::string(value);
}

}  // namespace

std::variant<IdentityHeaders::Label, std::string> IdentityHeaders::ParseLabel(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return "be a list of HEADER=LABEL";
  const std::string_view header = text.substr(0, equals);
  const std::string_view key = text.substr(equals + 1);
  if (!IsToken(header)) return "name headers, without spaces and separators";
  if (!IsLabelKey(key)) return fmt::format("name labels of 1 to {} of [a-z0-9_.-]", kMaxLabelKeyBytes);
  return Label{.header = std::string(header), .key = std::string(key)};
}

std::variant<IdentityHeaders, std::string> IdentityHeaders::Parse(std::string_view principal,
                                                                  std::string_view labels) {
  IdentityHeaders headers;
  if (!principal.empty() && !IsToken(principal)) return "be the name of a header, without spaces";
  headers.principal_ = principal;
  if (Trim(labels).empty()) return headers;
  const auto texts = Split(labels, ',');
  if (texts.size() > kMaxLabels) return fmt::format("name at most {} labels", kMaxLabels);
  headers.labels_.reserve(texts.size());
  for (const std::string_view text : texts) {
    auto label = ParseLabel(text);
    if (auto* const problem = std::get_if<std::string>(&label)) return std::move(*problem);
    auto& parsed = std::get<Label>(label);
    if (std::ranges::find(headers.labels_, parsed.key, &Label::key) != headers.labels_.end())
      return "name each label once";
    headers.labels_.push_back(std::move(parsed));
  }
  return headers;
}

std::variant<IdentityPointer, HttpAnswer> IdentityHeaders::Read(const Lines& lines) const {
  ClientIdentity identity;
  const boost::intrusive_ptr<Attributes> attributes(new Attributes);
  if (!principal_.empty()) {
    auto value = ValueOf(lines, principal_, kMaxPrincipalBytes);
    if (auto* const answer = std::get_if<HttpAnswer>(&value)) return std::move(*answer);
    identity.principal = std::get<std::string>(std::move(value));
  }
  for (const Label& label : labels_) {
    auto value = ValueOf(lines, label.header, kMaxLabelValueBytes);
    if (auto* const answer = std::get_if<HttpAnswer>(&value)) return std::move(*answer);
    auto& text = std::get<std::string>(value);
    if (!text.empty()) attributes->labels.emplace(label.key, std::move(text));
  }
  if (identity.principal.empty() && attributes->labels.empty()) return IdentityPointer();
  identity.attributes = attributes;
  return std::make_shared<const ClientIdentity>(std::move(identity));
}

}  // namespace drawbridge
