// Section 5.6: text and binary messages. An echo has the type of its message, and is whole and in order.
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

// Messages "0", "1", ..., alternately of text and of binary.
Case ManyInOrder() {
  std::string sent;
  std::vector<Answer> answers;
  for (int i = 0; i < 500; ++i) {
    const std::string payload = std::to_string(i);
    sent += i % 2 == 0 ? Text(payload) : Binary(payload);
    answers.push_back(i % 2 == 0 ? TextOf(payload) : BinaryOf(payload));
  }
  return {"ManyMessagesInOrder", sent, answers};
}

std::string EveryByte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

}  // namespace

std::vector<Group> Groups() {
  return {{.section = "Section5_6",
           .cases = {
               {"Text", Text("Hello"), {TextOf("Hello")}},
               {"EmptyText", Text(""), {TextOf("")}},
               {"TextWithANul", Text(std::string("a\0b", 3)), {TextOf(std::string("a\0b", 3))}},
               {"TextWithLineEnds", Text("a\r\n\r\nb"), {TextOf("a\r\n\r\nb")}},
               {"TextLikeARequest", Text("GET / HTTP/1.1\r\n\r\n"), {TextOf("GET / HTTP/1.1\r\n\r\n")}},
               {"TextWithAByteOrderMark", Text("\xef\xbb\xbfHello"), {TextOf("\xef\xbb\xbfHello")}},
               {"TextLikeAFrame", Text("\x01\x7f\x01\x02"), {TextOf("\x01\x7f\x01\x02")}},
               {"Binary", Binary("Hello"), {BinaryOf("Hello")}},
               {"EmptyBinary", Binary(""), {BinaryOf("")}},
               {"BinaryOfEveryByte", Binary(EveryByte()), {BinaryOf(EveryByte())}},
               {"BinaryNeedBeNoText",
                Binary("\xff\xfe\xc0\x80\xed\xa0\x80"),
                {BinaryOf("\xff\xfe\xc0\x80\xed\xa0\x80")}},
               {"BinaryLikeAFrame", Binary(Text("Hello")), {BinaryOf(Text("Hello"))}},
               {"FragmentedBinaryNeedBeNoText",
                First("\xff", kOpBinary) + Next("\xc0") + Last("\xed"),
                {BinaryOf("\xff\xc0\xed")}},
               {"TextThenBinary", Text("a") + Binary("\xff"), {TextOf("a"), BinaryOf("\xff")}},
               {"BinaryThenText", Binary("\xff") + Text("a"), {BinaryOf("\xff"), TextOf("a")}},
               {"BinaryThenBadText", Binary("\xff") + Text("\xff"), {BinaryOf("\xff"), FailedWith(1007)}},
               {"SeveralEmptyOnes",
                Text("") + Binary("") + Text("") + Binary(""),
                {TextOf(""), BinaryOf(""), TextOf(""), BinaryOf("")}},
               {"AShortOneBehindALongOne",
                Binary(BytesOf(100'000)) + Text("a"),
                {BinaryOf(BytesOf(100'000)), TextOf("a")}},
               ManyInOrder(),
           }}};
}

}  // namespace drawbridge::conformance
