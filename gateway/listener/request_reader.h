// Gathers an HTTP request from the pieces in which it arrives. No I/O.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_READER_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_READER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/listener/handshake.h"

namespace drawbridge {

inline constexpr size_t kMaxHandshakeBytes = 16 * 1024;  // by default

// Not thread-safe.
class RequestReader {
 public:
  // `max_bytes`: of a request line with its headers, and what is kept of an incomplete one.
  explicit RequestReader(size_t max_bytes = kMaxHandshakeBytes);
  ~RequestReader();

  // Takes what has arrived; nullopt while the request is not complete. Called no more after a verdict.
  // A request line over the bound is answered with 414 (RFC 9112, section 3), one that is over it together
  // with its headers with 431 (RFC 6585, section 5).
  std::optional<Verdict> Feed(std::span<char> bytes);

  // What came behind the request; valid while the bytes last fed stand. After a verdict.
  std::span<char> rest() const { return rest_; }

  // Whether the request, complete or not, is one of HEAD: no answer to it has a body.
  bool is_head() const { return is_head_; }

 private:
  struct Parser;

  size_t SkipEmptyLine(std::string_view input);
  void LookAtLine(std::string_view input, size_t seen);
  HttpAnswer TooLong() const;

  const size_t max_bytes_;
  std::unique_ptr<Parser> parser_;
  size_t received_ = 0;  // of the request, at most max_bytes_
  std::string pending_;  // what the parser has not taken yet
  std::span<char> rest_;
  bool begun_ = false;       // what may come before a request has been skipped
  bool line_ended_ = false;  // its first line has come whole
  bool has_target_ = false;  // its first line has got as far as that
  bool is_head_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_READER_H_
