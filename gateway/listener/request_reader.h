// Assembles an HTTP request from the pieces in which it arrives. No I/O.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_READER_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_READER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/listener/handshake.h"

namespace drawbridge {

inline constexpr size_t kMaxHandshakeBytes = 16 * 1024;  // by default

// Not thread-safe.
class RequestReader {
 public:
  // `max_bytes`: the limit of a request line together with its headers, and of what is buffered of them.
  explicit RequestReader(size_t max_bytes = kMaxHandshakeBytes);
  ~RequestReader();

  // Consumes received bytes. Returns nullopt while the request is incomplete. Must not be called after a
  // verdict. A request line over the limit is answered with 414 (RFC 9112, section 3); a request line and
  // headers that are over it only together, with 431 (RFC 6585, section 5).
  std::optional<Verdict> Feed(std::span<char> bytes);

  // After a verdict: the bytes after the header of the request. Valid as long as the bytes of the last call
  // of Feed.
  std::span<char> rest() const { return rest_; }

  // After a verdict that is no answer: the values of all header lines of this name, in order,
  // and the query of the target. They may hold tokens, so they are read only by what looks for one. Valid as
  // long as this object.
  std::vector<std::string_view> Lines(std::string_view name) const;
  std::string_view query() const;

  // Whether the method is HEAD, even if the request is incomplete: no answer to HEAD has a body.
  bool is_head() const { return is_head_; }

 private:
  struct Parser;

  size_t SkipEmptyLine(std::string_view input);
  void LookAtLine(std::string_view input, size_t seen);
  HttpAnswer TooLong() const;

  const size_t max_bytes_;
  std::unique_ptr<Parser> parser_;
  size_t received_ = 0;  // of the request, at most max_bytes_
  std::string pending_;  // not yet consumed by the parser
  std::span<char> rest_;
  bool begun_ = false;       // an empty line before the request, if any, has been skipped
  bool line_ended_ = false;  // the request line is complete
  bool has_target_ = false;  // the request line has reached its target
  bool is_head_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_READER_H_
