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
  bool with_body = true;  // not to HEAD: its Content-Length is then the one of GET
  bool allow = false;     // with the header that names the methods
};

// GET, HEAD and OPTIONS are served, by HTTP/1.0 and HTTP/1.1, with a path or an HTTP URI as target. OPTIONS
// has the status of its page and no body: balancers check health by it, and a node that is not ready is to
// fail. `keep_alive`: whether the client wants the connection to stay.
HttpReply ReplyTo(const boost::beast::http::request_header<>& header, bool keep_alive, const Pages& pages);

HttpReply RefusalOf(unsigned status, std::string_view text);

// `now`: for the Date header (RFC 9110, section 6.6.1).
std::string Serialize(const HttpReply& reply, WallTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_HTTP_EXCHANGE_H_
