// Section 5.5: control frames. More cases of close frames are in closing_test.cc.
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

// Cases for all three kinds.
Group AllKinds() {
  Group group{.section = "Section5_5"};
  const std::vector<std::pair<std::string, int>> kinds = {
      {"Close", kOpClose}, {"Ping", kOpPing}, {"Pong", kOpPong}};
  for (const auto& [name, opcode] : kinds) {
    const std::string start = opcode == kOpClose ? ClosePayloadOf(1000) : "";
    const auto of_size = [&start](size_t size) { return start + std::string(size - start.size(), 'x'); };
    for (const size_t size : {126, 127, 65535, 65536}) {
      group.cases.emplace_back(name + "Of" + std::to_string(size) + "Bytes",
                               Frame({.opcode = opcode, .payload = of_size(size)}),
                               std::vector{FailedWith(1002)});
    }
    group.cases.emplace_back(name + "Of126BytesAnnounced", Frame({.opcode = opcode, .announced = 126}),
                             std::vector{FailedWith(1002)});
    group.cases.emplace_back(name + "WithoutFin",
                             Each({Frame({.opcode = opcode, .payload = start, .fin = false}),
                                   Frame({.opcode = opcode, .payload = start, .fin = false}) + Last("")},
                                  {FailedWith(1002)}));
    group.cases.emplace_back(
        name + "WithoutFinInsideAMessage",
        First("a") + Frame({.opcode = opcode, .payload = start, .fin = false}) + Last("b"),
        std::vector{FailedWith(1002)});
  }
  return group;
}

Group CloseFrames() {
  return {.section = "Section5_5_1",
          .cases = {
              {"WithoutPayload", CloseWithPayload(""), {ClosedWithoutCode()}},
              {"WithCode", Close(1000), {ClosedWith(1000)}},
              {"WithCodeAndReason", Close(1000, "goodbye"), {ClosedWith(1000)}},
              {"WithTheLongestReason", Close(1000, std::string(123, 'r')), {ClosedWith(1000)}},
              {"WithOneByte", Each({CloseWithPayload("\x03"), CloseWithPayload(std::string(1, '\0')),
                                    CloseWithPayload("\xff")},
                                   {FailedWith(1002)})},
              {"MessagesBeforeAreEchoed",
               Text("a") + Binary("b") + Close(1000),
               {TextOf("a"), BinaryOf("b"), ClosedWith(1000)}},
              {"PingsBeforeAreAnswered",
               Ping("a") + Ping("b") + Close(1000),
               {PongOf("a"), PongOf("b"), ClosedWith(1000)}},
              {"TextBehindIsIgnored", Close(1000) + Text("a"), {ClosedWith(1000)}},
              {"PingBehindIsNotAnswered", Close(1000) + Ping("a"), {ClosedWith(1000)}},
              {"ASecondOneIsNotAnswered", Close(1000) + Close(1001), {ClosedWith(1000)}},
              {"NonsenseBehindIsIgnored", Close(1000) + "\xff\xff\xff\xff", {ClosedWith(1000)}},
              {"BadTextBehindIsIgnored", Close(1000) + Text("\xff"), {ClosedWith(1000)}},
              {"UnmaskedFrameBehindIsIgnored",
               Close(1000) + Frame({.payload = "a", .masked = false}),
               {ClosedWith(1000)}},
          }};
}

Group PingFrames() {
  Group group{.section = "Section5_5_2"};
  for (const size_t size : {0, 1, 2, 8, 124, 125}) {
    group.cases.emplace_back("PingOf" + std::to_string(size) + "Bytes", Ping(BytesOf(size)),
                             std::vector{PongOf(BytesOf(size))});
  }
  group.cases.emplace_back("PingNeedBeNoText", Ping(std::string("\0\xff\xc0\xed\xa0\x80", 6)),
                           std::vector{PongOf(std::string("\0\xff\xc0\xed\xa0\x80", 6))});
  std::string pings;
  std::vector<Answer> pongs;
  for (int i = 0; i < 100; ++i) {
    pings += Ping(std::to_string(i));
    pongs.push_back(PongOf(std::to_string(i)));
  }
  group.cases.emplace_back("OneHundredPingsInOrder", pings, pongs);
  group.cases.emplace_back("PingsBetweenMessages",
                           Ping("1") + Text("a") + Ping("2") + Binary("b") + Ping("3"),
                           std::vector{PongOf("1"), TextOf("a"), PongOf("2"), BinaryOf("b"), PongOf("3")});
  return group;
}

Group PongFrames() {
  return {.section = "Section5_5_3",
          .cases = {
              {"PongThatNobodyAskedFor", Pong("Hello"), {}},
              {"EmptyPong", Pong(""), {}},
              {"PongOf125Bytes", Pong(BytesOf(125)), {}},
              {"PongOfEightBytes", Pong("12345678"), {}},
              {"OneHundredPongs", Repeat(Pong("Hello"), 100), {}},
              {"PongBeforeAPing", Pong("a") + Ping("b"), {PongOf("b")}},
              {"PongBeforeAMessage", Pong("a") + Text("b"), {TextOf("b")}},
          }};
}

}  // namespace

std::vector<Group> Groups() { return {AllKinds(), CloseFrames(), PingFrames(), PongFrames()}; }

}  // namespace drawbridge::conformance
