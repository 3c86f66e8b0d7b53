#include "gateway/listener/proxy_tlvs.h"

#include <algorithm>

namespace drawbridge {
namespace {

constexpr uint8_t kTypeSsl = 0x20;    // PP2_TYPE_SSL
constexpr uint8_t kClientSsl = 0x01;  // PP2_CLIENT_SSL

}  // namespace

void ProxyTlvs::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto byte = static_cast<uint8_t>(bytes.front());
    if (head_size_ < kHead) {
      head_[head_size_++] = byte;
      bytes.remove_prefix(1);
      if (head_size_ < kHead) continue;
      value_left_ = size_t{head_[1]} << 8 | head_[2];
      value_begun_ = false;
    } else {
      if (!value_begun_ && head_[0] == kTypeSsl && (byte & kClientSsl) != 0) client_ssl_ = true;
      value_begun_ = true;
      const size_t taken = std::min(value_left_, bytes.size());
      bytes.remove_prefix(taken);
      value_left_ -= taken;
    }
    if (value_left_ == 0) head_size_ = 0;
  }
}

}  // namespace drawbridge
