#include "services/filter/lookup.h"

#include <optional>
#include <utility>
#include <variant>

namespace drawbridge {
namespace {

bool IsExact(const TextMatch& match) {
  return match.how == TextMatch::How::kCompare && match.comparator == Comparator::kEqual;
}

std::optional<IndexKey> KeyOf(const Predicate::Test& test) {
  if (const auto* label = std::get_if<LabelTest>(&test)) {
    if (label->any || !IsExact(label->match)) return std::nullopt;
    return IndexKey::OfLabel(label->key, label->match.value);
  }
  const auto* text = std::get_if<TextTest>(&test);
  if (text == nullptr || !IsExact(text->match)) return std::nullopt;
  const std::string& value = text->match.value;
  if (text->field == Field::kConnectionId) return IndexKey::OfId(value);
  // Connections without a principal are not in the index.
  if (text->field == Field::kPrincipal && !value.empty()) return IndexKey::OfPrincipal(value);
  return std::nullopt;
}

// Any child may match, so each must have a lookup. The first lookup of each is used.
std::vector<Lookup> OfEither(const std::vector<Predicate>& children) {
  Lookup all;
  for (const Predicate& child : children) {
    const auto lookups = LookupsOf(child);
    if (lookups.empty()) return {};
    all.insert(all.end(), lookups.front().begin(), lookups.front().end());
  }
  return {std::move(all)};
}

}  // namespace

std::vector<Lookup> LookupsOf(const Predicate& predicate) {
  if (predicate.negated) return {};
  switch (predicate.kind) {
    case Predicate::Kind::kTrue:
      return {};
    case Predicate::Kind::kTest: {
      auto key = KeyOf(*predicate.test);
      if (!key.has_value()) return {};
      return {{*std::move(key)}};
    }
    case Predicate::Kind::kOr:
      return OfEither(predicate.children);
    case Predicate::Kind::kAnd: {
      std::vector<Lookup> lookups;
      for (const Predicate& child : predicate.children) {
        for (Lookup& lookup : LookupsOf(child)) lookups.push_back(std::move(lookup));
      }
      return lookups;
    }
  }
  return {};
}

std::optional<IndexKey> ExactKeyOf(const Predicate& predicate) {
  if (predicate.kind != Predicate::Kind::kTest || predicate.negated) return std::nullopt;
  return KeyOf(*predicate.test);
}

}  // namespace drawbridge
