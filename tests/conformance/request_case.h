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
  // Byte by byte, with * for the connection's id and the date. Where it is empty, that of the HTTP parser's
  // words: the status line and the headers are looked at alone.
  std::string bytes;
  std::vector<Answer> answers;  // 101: the frames behind it
  bool to_head = false;         // no body follows, whatever its length is
};
// The key of the example in section 1.3, on which `headers`, each with its CRLF, follow.
Response Switches(const std::string& headers = {}, std::vector<Answer> answers = {});
// `text`: the line of its body, without the end.
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

// A good request for an upgrade, changed by `changes`: a line that begins with the same word as one of its
// lines (up to a space) replaces that, a word alone removes its line, and any other line is added.
std::string Request(const std::vector<std::string>& changes = {});

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_REQUEST_CASE_H_
