#include "gateway/connections/connection_info.h"

#include <algorithm>

namespace drawbridge {

PackedInfo::PackedInfo(const ConnectionInfo& info)
    : sequence_(info.sequence),
      create_time_(info.create_time),
      create_wall_time_(info.create_wall_time),
      tls_(info.tls),
      cut_texts_(info.cut_texts) {
  const std::array<std::string_view, kTexts> texts = {info.id,    info.remote_address, info.principal,
                                                      info.path,  info.subprotocol,    info.user_agent,
                                                      info.origin};
  size_t end = 0;
  for (size_t i = 0; i < kTexts; ++i) {
    end += texts[i].size();
    ends_[i] = static_cast<uint32_t>(end);
  }
  texts_ = std::make_unique_for_overwrite<char[]>(end);
  char* out = texts_.get();
  for (const std::string_view text : texts) out = std::ranges::copy(text, out).out;
}

}  // namespace drawbridge
