// Takes the identity of a client from headers of a trusted proxy.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_IDENTITY_HEADERS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_IDENTITY_HEADERS_H_

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/identity/client_identity.h"
#include "gateway/listener/http_answer.h"

namespace drawbridge {

// A value. Const functions are thread-safe and do not block.
class IdentityHeaders {
 public:
  // No header gives an identity.
  IdentityHeaders() = default;

  // `principal`: the name of a header, or empty. `labels`: a comma-separated list of HEADER=LABEL with at
  // most 32 labels; empty: none. A text instead says what is wrong with the lists: a phrase to follow "must".
  static std::variant<IdentityHeaders, std::string> Parse(std::string_view principal,
                                                          std::string_view labels);

  bool empty() const { return principal_.empty() && labels_.empty(); }

  // The identity that the headers of a request give; null: they give none. To be asked only about a request
  // that a trusted proxy has written. An empty header counts as absent. An answer instead refuses the request
  // with 400: a header that occurs twice, since the proxy may have added its own to the client's; a value
  // that is too long for its purpose, is not UTF-8 or has control characters, since a cut or changed name
  // could be another client's.
  //
  // `lines`: the values of all lines of a header, by name.
  using Lines = std::function<std::vector<std::string_view>(std::string_view name)>;
  std::variant<IdentityPointer, HttpAnswer> Read(const Lines& lines) const;

 private:
  struct Label {
    std::string header;
    std::string key;
  };

  static std::variant<Label, std::string> ParseLabel(std::string_view text);

  std::string principal_;  // empty: none
  std::vector<Label> labels_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_IDENTITY_HEADERS_H_
