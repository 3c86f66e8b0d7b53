// A clause of RFC 6455 or RFC 7692 as data: what a client sends, and what it must receive.
#ifndef DRAWBRIDGE_TESTS_CONFORMANCE_CASE_H_
#define DRAWBRIDGE_TESTS_CONFORMANCE_CASE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/frame_codec.h"

namespace drawbridge::conformance {

// How a message that arrives compressed must inflate (RFC 7692, section 7.1).
struct Compression {
  int window_bits = 15;       // with a window of 2^window_bits bytes
  bool context_kept = false;  // false: without reference to earlier messages
};

// A frame that must arrive, as a server sends it: whole, not masked, with the shortest form of its length.
struct Answer {
  int opcode = kOpText;
  std::string payload;
  int rsv = 0;
  bool any_reason = false;  // of a close frame: any text must follow `payload`, which is the code
  std::optional<Compression> compression = std::nullopt;  // then `payload` is what it must inflate to
};
Answer TextOf(std::string payload);
Answer BinaryOf(std::string payload);
Answer PongOf(std::string payload);
Answer CompressedText(std::string payload, const Compression& compression = {});
Answer CompressedBinary(std::string payload, const Compression& compression = {});
// The answer to a good close frame: the same code and nothing else; then TCP ends.
Answer ClosedWith(int code);
Answer ClosedWithoutCode();
// The gateway fails the connection with this code and a reason; then TCP ends.
Answer FailedWith(int code);
Answer FailedWith(int code, const std::string& reason);

// What is sent and received after the upgrade, on a connection of its own.
struct Exchange {
  std::string sent;
  // All frames that must arrive, in this order. The last one may close the connection. If it does not, the
  // connection must still work.
  std::vector<Answer> answers;
  bool end = false;  // the client then ends its side of TCP, and the gateway must do the same
};

struct Case {
  Case(std::string called, std::string sent, std::vector<Answer> answers,
       const char* in_file = __builtin_FILE(), int at_line = __builtin_LINE())
      : Case(std::move(called), {{std::move(sent), std::move(answers)}}, in_file, at_line) {}
  // The same clause in several forms.
  Case(std::string called, std::vector<Exchange> all, const char* in_file = __builtin_FILE(),
       int at_line = __builtin_LINE())
      : name(std::move(called)), exchanges(std::move(all)), file(in_file), line(at_line) {}

  std::string name;  // usable as a C++ name
  std::vector<Exchange> exchanges;
  const char* file;
  int line;
};

// Frames that a client may send.
std::string Frame(const ClientFrame& frame);
std::string Text(std::string_view payload);
std::string Binary(std::string_view payload);
std::string Ping(std::string_view payload);
std::string Pong(std::string_view payload);
std::string Close(int code, std::string_view reason = {});
std::string CloseWithPayload(std::string_view payload);
// A frame of a compressed message. Only the first frame is marked as compressed (RFC 7692, section 6.1).
std::string Compressed(std::string_view payload, int opcode = kOpText, bool fin = true);
// A fragmented message: its first frame, one in the middle, its last.
std::string First(std::string_view payload, int opcode = kOpText);
std::string Next(std::string_view payload);
std::string Last(std::string_view payload);

// `size` bytes that are not UTF-8.
std::string BytesOf(size_t size);
// Text of `size` bytes, with characters of every length if there is room.
std::string TextOfSize(size_t size);
std::string Repeat(std::string_view text, size_t times);

// One exchange for each element of `sent`, all with the same answers.
std::vector<Exchange> Each(const std::vector<std::string>& sent, const std::vector<Answer>& answers);
std::vector<Exchange> operator+(std::vector<Exchange> left, const std::vector<Exchange>& right);

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_CASE_H_
