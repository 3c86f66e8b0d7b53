// Requests of an opening handshake, and the verdict of a RequestReader on them.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_LISTENER_HANDSHAKE_REQUEST_H_
#define DRAWBRIDGE_TESTS_GATEWAY_LISTENER_HANDSHAKE_REQUEST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/listener/handshake.h"
#include "gateway/listener/http_answer.h"
#include "gateway/listener/request_reader.h"

namespace drawbridge {

inline constexpr char kKey[] = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr int kUpgrade = 101;

// The verdict on a request.
struct Answered {
  int status = 0;  // 101: an upgrade; 0: incomplete
  UpgradeRequest request = {};
  std::string text;
  std::string headers;
  std::string rest;
};

// Feeds `bytes` to a RequestReader in pieces of `chunk` bytes, until it has a verdict.
inline Answered Feed(std::string_view bytes, size_t chunk) {
  RequestReader reader;
  while (!bytes.empty()) {
    // Memory of exactly the size of the piece, so that a sanitizer detects overruns.
    const std::string_view piece = bytes.substr(0, chunk);
    std::vector<char> memory(piece.begin(), piece.end());
    bytes.remove_prefix(piece.size());
    const auto verdict = reader.Feed(memory);
    if (!verdict.has_value()) continue;
    Answered answered{.rest = std::string(reader.rest().begin(), reader.rest().end()).append(bytes)};
    if (const auto* answer = std::get_if<HttpAnswer>(&*verdict)) {
      answered.status = answer->status;
      answered.text = answer->text;
      answered.headers = answer->headers;
    } else {
      answered.status = kUpgrade;
      answered.request = std::get<UpgradeRequest>(*verdict);
    }
    return answered;
  }
  return {};
}

inline Answered Feed(std::string_view bytes) { return Feed(bytes, bytes.size()); }

// Joins header lines and appends the empty line.
inline std::string Lines(const std::vector<std::string>& lines) {
  std::string bytes;
  for (const std::string& line : lines) bytes += line + "\r\n";
  return bytes + "\r\n";
}

// A valid request with changed lines: a change replaces the line that starts with the same word, or is added.
// A change to "Name: -" removes the header.
inline std::string Request(const std::vector<std::string>& changes = {}) {
  std::vector<std::string> lines = {"GET /chat HTTP/1.1",          "Host: example.com",
                                    "Upgrade: websocket",          "Connection: Upgrade",
                                    "Sec-WebSocket-Version: 13",   std::string("Sec-WebSocket-Key: ") + kKey,
                                    "Origin: https://example.com", "User-Agent: test/1"};
  for (const std::string& change : changes) {
    const std::string word = change.substr(0, change.find_first_of(": "));
    bool replaced = false;
    for (std::string& line : lines) {
      if (!replaced && line.starts_with(word)) {
        line = change;
        replaced = true;
      }
    }
    if (!replaced) lines.push_back(change);
  }
  std::erase_if(lines, [](const std::string& line) { return line.ends_with(": -"); });
  return Lines(lines);
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_LISTENER_HANDSHAKE_REQUEST_H_
