// One request to the operators' port and its answer, without I/O.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_HTTP_EXCHANGE_H_
#define DRAWBRIDGE_SERVICES_ADMIN_HTTP_EXCHANGE_H_

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

struct Page {
  unsigned status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};
// By path. The functions must not block.
using Pages = std::map<std::string, std::function<Page()>, std::less<>>;

struct HttpReply {
  Page page;
  bool keep_alive = false;
  bool with_body = true;  // false for HEAD, whose Content-Length is that of GET
  bool allow = false;     // adds the Allow header
};

// Serves GET, HEAD and OPTIONS of HTTP/1.0 and HTTP/1.1, with a path or an HTTP URI as target. The response
// to OPTIONS has the status of the page and no body: some load balancers check health by OPTIONS, and the
// check must fail while the node is not ready. `keep_alive`: whether the client keeps the connection open.
HttpReply ReplyTo(const boost::beast::http::request_header<>& header, bool keep_alive, const Pages& pages);

HttpReply RefusalOf(unsigned status, std::string_view text);

// `now`: for the Date header (RFC 9110, section 6.6.1).
std::string Serialize(const HttpReply& reply, WallTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_HTTP_EXCHANGE_H_
