#include "tests/conformance/request_case.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace drawbridge::conformance {
namespace {

const std::map<int, std::string>& Phrases() {
  static const std::map<int, std::string> phrases = {
      {200, "OK"},
      {400, "Bad Request"},
      {403, "Forbidden"},
      {405, "Method Not Allowed"},
      {414, "URI Too Long"},
      {421, "Misdirected Request"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {503, "Service Unavailable"},
  };
  return phrases;
}

std::string_view WordOf(std::string_view line) { return line.substr(0, line.find(' ')); }

}  // namespace

Response Switches(const std::string& headers, std::vector<Answer> answers) {
  return {.status = 101,
          .bytes =
              "HTTP/1.1 101 Switching Protocols\r\n"
              "Date: *\r\n"
              "Upgrade: websocket\r\n"
              "Connection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
              headers +
              "X-Connection-Id: *\r\n"
              "\r\n",
          .answers = std::move(answers)};
}

Response Refuses(int status, const std::string& text, const std::string& headers) {
  return {.status = status,
          .bytes = "HTTP/1.1 " + std::to_string(status) + " " + Phrases().at(status) +
                   "\r\n"
                   "Date: *\r\n"
                   "Connection: " +
                   (status == 426 ? "Upgrade, close" : "close") +
                   "\r\n"
                   "Content-Type: text/plain; charset=utf-8\r\n" +
                   headers + "Content-Length: " + std::to_string(text.size() + 1) + "\r\n\r\n" + text + "\n"};
}

Response RefusesAsMalformed() { return {.status = 400, .bytes = {}}; }

Response ToHead(Response to_get) {
  to_get.bytes.erase(to_get.bytes.find("\r\n\r\n") + 4);
  to_get.to_head = true;
  return to_get;
}

std::string Request(const std::vector<std::string>& changes) {
  std::vector<std::string> lines = {
      "GET /chat HTTP/1.1",
      "Host: gateway.example",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
  };
  for (const std::string& change : changes) {
    const auto line =
        std::ranges::find_if(lines, [&](const std::string& each) { return WordOf(each) == WordOf(change); });
    if (line == lines.end()) {
      lines.push_back(change);
    } else if (WordOf(change) == change) {
      lines.erase(line);
    } else {
      *line = change;
    }
  }
  std::string request;
  for (const std::string& line : lines) request += line + "\r\n";
  return request + "\r\n";
}

}  // namespace drawbridge::conformance
