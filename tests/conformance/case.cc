#include "tests/conformance/case.h"

namespace drawbridge::conformance {

Answer TextOf(std::string payload) { return {.opcode = kOpText, .payload = std::move(payload)}; }
Answer BinaryOf(std::string payload) { return {.opcode = kOpBinary, .payload = std::move(payload)}; }
Answer PongOf(std::string payload) { return {.opcode = kOpPong, .payload = std::move(payload)}; }
Answer CompressedText(std::string payload, const Compression& compression) {
  return {.opcode = kOpText, .payload = std::move(payload), .rsv = 4, .compression = compression};
}
Answer CompressedBinary(std::string payload, const Compression& compression) {
  return {.opcode = kOpBinary, .payload = std::move(payload), .rsv = 4, .compression = compression};
}
Answer ClosedWith(int code) { return {.opcode = kOpClose, .payload = ClosePayloadOf(code)}; }
Answer ClosedWithoutCode() { return {.opcode = kOpClose}; }
Answer FailedWith(int code) {
  return {.opcode = kOpClose, .payload = ClosePayloadOf(code), .any_reason = true};
}
Answer FailedWith(int code, const std::string& reason) {
  return {.opcode = kOpClose, .payload = ClosePayloadOf(code, reason)};
}

std::string Frame(const ClientFrame& frame) { return Encode(frame); }
std::string Text(std::string_view payload) { return Encode({.payload = payload}); }
std::string Binary(std::string_view payload) { return Encode({.opcode = kOpBinary, .payload = payload}); }
std::string Ping(std::string_view payload) { return Encode({.opcode = kOpPing, .payload = payload}); }
std::string Pong(std::string_view payload) { return Encode({.opcode = kOpPong, .payload = payload}); }
std::string Close(int code, std::string_view reason) {
  return CloseWithPayload(ClosePayloadOf(code, reason));
}
std::string CloseWithPayload(std::string_view payload) {
  return Encode({.opcode = kOpClose, .payload = payload});
}
std::string Compressed(std::string_view payload, int opcode, bool fin) {
  return Encode({.opcode = opcode, .payload = payload, .fin = fin, .rsv = 4});
}

std::string First(std::string_view payload, int opcode) {
  return Encode({.opcode = opcode, .payload = payload, .fin = false});
}
std::string Next(std::string_view payload) {
  return Encode({.opcode = kOpContinuation, .payload = payload, .fin = false});
}
std::string Last(std::string_view payload) { return Encode({.opcode = kOpContinuation, .payload = payload}); }

std::string BytesOf(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 >> 3 ^ 0x80);
  return bytes;
}

std::string TextOfSize(size_t size) {
  constexpr std::string_view kEveryLength = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\x89";
  std::string text = Repeat(kEveryLength, size / kEveryLength.size());
  return text.append(size - text.size(), '.');
}

std::string Repeat(std::string_view text, size_t times) {
  std::string repeated;
  repeated.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::vector<Exchange> Each(const std::vector<std::string>& sent, const std::vector<Answer>& answers) {
  std::vector<Exchange> exchanges;
  exchanges.reserve(sent.size());
  for (const std::string& bytes : sent) exchanges.push_back({bytes, answers});
  return exchanges;
}

std::vector<Exchange> operator+(std::vector<Exchange> left, const std::vector<Exchange>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace drawbridge::conformance
