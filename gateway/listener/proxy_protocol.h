// The PROXY protocol, versions 1 and 2: a header that a proxy sends before the first byte of its client.
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

// Parses the header from pieces of any size. Not thread-safe. Buffers at most 107 bytes of it.
class ProxyHeader {
 public:
  enum class State {
    kIncomplete,
    kComplete,
    kAbsent,     // the stream begins with other data
    kMalformed,  // it begins like a header but is invalid, or is of version 2 and over 16 KiB
  };

  // Consumes bytes from the front of `input` while the state is kIncomplete. Returns how many; the bytes
  // after the header belong to the client. Consumes nothing of a piece that shows that there is no header.
  size_t Feed(std::string_view input);

  State state() const { return state_; }
  // kComplete: the client's address. nullopt: use the peer's address, since the proxy does not tell the
  // client's or has opened the connection for itself.
  const std::optional<SocketAddress>& source() const { return source_; }
  // kComplete: whether the proxy has opened the connection for itself (LOCAL of version 2), as for a health
  // check.
  bool is_local() const { return is_local_; }
  // kComplete: whether the proxy says that the client connected to it by TLS.
  bool client_ssl() const { return tlvs_.client_ssl(); }
  // kAbsent: the bytes that were consumed before this was known.
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
  size_t wanted_ = 0;     // version 2: how many bytes are buffered
  size_t skip_ = 0;       // version 2: how many bytes after those are skipped
  size_t tlvs_left_ = 0;  // version 2: how many bytes of TLVs follow
  ProxyTlvs tlvs_;
  bool is_local_ = false;
  std::optional<SocketAddress> source_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_PROXY_PROTOCOL_H_
