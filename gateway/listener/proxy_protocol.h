// The PROXY protocol, versions 1 and 2: what a proxy may say before the first byte of its client.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_PROXY_PROTOCOL_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_PROXY_PROTOCOL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/listener/address.h"
#include "gateway/listener/proxy_tlvs.h"

namespace drawbridge {

// Takes the header in pieces of any size. Not thread-safe. Keeps at most 107 bytes of it.
class ProxyHeader {
 public:
  enum class State {
    kIncomplete,
    kComplete,
    kAbsent,     // the stream begins with something else
    kMalformed,  // it begins like a header and is none; includes one of version 2 over 16 KiB
  };

  // Takes bytes off the front of `input`, while kIncomplete. Returns how many; what lies behind the header is
  // the client's. Of a piece that shows that there is no header, none are taken.
  size_t Feed(std::string_view input);

  State state() const { return state_; }
  // kComplete: the client's address; nullopt where the proxy does not tell or speaks for itself, which leaves
  // the peer's own.
  const std::optional<SocketAddress>& source() const { return source_; }
  // kComplete: whether the proxy speaks for itself (LOCAL of version 2), as it does to check health.
  bool is_local() const { return is_local_; }
  // kComplete: whether the proxy says that the client came to it by TLS.
  bool client_ssl() const { return tlvs_.client_ssl(); }
  // kAbsent: the pieces that were taken before it showed.
  std::string_view taken() const { return kept_; }

 private:
  void Step();
  void StepV1();
  void StepV2();
  size_t TakeRest(std::string_view input);
  void FinishV2();
  State BeginV2();
  State FinishV1();

  State state_ = State::kIncomplete;
  std::string kept_;
  size_t wanted_ = 0;     // version 2: how much is to be kept
  size_t skip_ = 0;       // version 2: how much behind it is skipped,
  size_t tlvs_left_ = 0;  // and how much behind that are vectors
  ProxyTlvs tlvs_;
  bool is_local_ = false;
  std::optional<SocketAddress> source_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_PROXY_PROTOCOL_H_
