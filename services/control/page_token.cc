#include "services/control/page_token.h"

#include "absl/strings/escaping.h"

namespace drawbridge {
namespace {

constexpr size_t kSealedSize = sizeof(uint64_t) + SealingKey::kSealSize;
constexpr size_t kTokenLength = kSealedSize / 3 * 4;  // in base64, without padding

std::string ContextOf(const ListQuery& query) {
  std::string context = BytesOf(query.incarnation.size());
  return context.append(query.incarnation).append(query.show_closed ? "1" : "0").append(query.filter);
}

}  // namespace

std::string PageTokens::Make(const ListQuery& query, uint64_t sequence) const {
  return absl::WebSafeBase64Escape(key_.Seal(BytesOf(sequence), ContextOf(query)));
}

std::optional<uint64_t> PageTokens::Read(const ListQuery& query, std::string_view token) const {
  std::string bytes;
  if (token.size() != kTokenLength ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &bytes))
    return std::nullopt;
  if (bytes.size() != kSealedSize || !key_.IsSealed(bytes, ContextOf(query))) return std::nullopt;
  const uint64_t sequence = NumberOf(bytes);
  // Rejects other base64 encodings of the same bytes.
  return Make(query, sequence) == token ? std::optional(sequence) : std::nullopt;
}

}  // namespace drawbridge
