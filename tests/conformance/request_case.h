// A clause on the opening handshake as data: the bytes of a request, and those of its answer.
#ifndef DRAWBRIDGE_TESTS_CONFORMANCE_REQUEST_CASE_H_
#define DRAWBRIDGE_TESTS_CONFORMANCE_REQUEST_CASE_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/case.h"

namespace drawbridge::conformance {

struct Response {
  int status;
  // Compared byte by byte, with * for the id of the connection and for the date. Empty if the text comes from
  // the HTTP parser: then only the status line and the headers are compared.
  std::string bytes;
  std::vector<Answer> answers;  // 101: the frames after it
  bool to_head = false;         // no body follows, whatever Content-Length says
};
// The answer to the key of the example in section 1.3, with `headers`, each with its CRLF.
Response Switches(const std::string& headers = {}, std::vector<Answer> answers = {});
// `text`: the line in the body, without its line end.
Response Refuses(int status, const std::string& text, const std::string& headers = {});
Response RefusesAsMalformed();
// The same answer to a request with the method HEAD.
Response ToHead(Response to_get);

struct RequestCase {
  RequestCase(std::string called, std::string bytes, Response expected,
              const char* in_file = __builtin_FILE(), int at_line = __builtin_LINE())
      : name(std::move(called)),
        request(std::move(bytes)),
        response(std::move(expected)),
        file(in_file),
        line(at_line) {}

  std::string name;
  std::string request;
  Response response;
  const char* file;
  int line;
};

// A valid request for an upgrade, changed by `changes`. A line that begins with the same word (up to a space)
// as a line of the request replaces it. A single word removes its line. Any other line is added.
std::string Request(const std::vector<std::string>& changes = {});

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_REQUEST_CASE_H_
