// Section 7: how a connection is closed, and with which codes and reasons.
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

// Close frames with valid codes; each is answered with the same code.
std::vector<Exchange> Answered(int from, int to, int step = 1) {
  std::vector<Exchange> exchanges;
  for (int code = from; code <= to; code += step) exchanges.push_back({Close(code), {ClosedWith(code)}});
  return exchanges;
}

std::vector<Exchange> Failed(int from, int to, int step = 1) {
  std::vector<Exchange> exchanges;
  for (int code = from; code <= to; code += step) exchanges.push_back({Close(code), {FailedWith(1002)}});
  return exchanges;
}

Group DefinedCodes() {
  Group group{.section = "Section7_4_1"};
  // 1012 to 1014 are in the IANA registry of section 11.7.
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}) {
    const std::string name = "Code" + std::to_string(code);
    group.cases.emplace_back(name, Answered(code, code));
    group.cases.emplace_back(name + "WithReason", Close(code, "reason"), std::vector{ClosedWith(code)});
  }
  // Reserved, or never sent in a frame.
  for (const int code : {1004, 1005, 1006, 1015}) {
    const std::string name = "Code" + std::to_string(code) + "MustNotBeSent";
    group.cases.emplace_back(name, Failed(code, code));
    group.cases.emplace_back(name + "WithReason", Close(code, "reason"), std::vector{FailedWith(1002)});
  }
  return group;
}

Group RangesOfCodes() {
  return {.section = "Section7_4_2",
          .cases = {
              {"CodesFrom0To999AreNotUsed", Failed(0, 999)},
              {"CodesFrom1016To2999AreReserved", Failed(1016, 2999)},
              {"CodesFrom3000To3999AreRegistered", Answered(3000, 3999)},
              {"CodesFrom4000To4999ArePrivate", Answered(4000, 4999)},
              {"CodesFrom5000AreUndefined", Failed(5000, 5010) + Failed(5011, 65535, 89)},
              {"TheLastCodeIsUndefined", Failed(65535, 65535)},
          }};
}

Group Reasons() {
  return {.section = "Section7_1_6",
          .cases = {
              {"EmptyReason", Close(1000, ""), {ClosedWith(1000)}},
              {"ReasonOfOneByte", Close(1000, "r"), {ClosedWith(1000)}},
              {"ReasonOf122Bytes", Close(1000, std::string(122, 'r')), {ClosedWith(1000)}},
              {"ReasonOf123Bytes", Close(1000, std::string(123, 'r')), {ClosedWith(1000)}},
              {"ReasonOf124Bytes", Close(1000, std::string(124, 'r')), {FailedWith(1002)}},
              {"ReasonOfEveryLengthOfCharacter", Close(1000, TextOfSize(123)), {ClosedWith(1000)}},
              {"ReasonWithANul", Close(1000, std::string("a\0b", 3)), {ClosedWith(1000)}},
              {"ReasonOfAByteThatIsNoText", Close(1000, "\xff"), {FailedWith(1007)}},
              {"ReasonWithASurrogate", Close(1000, "a\xed\xa0\x80z"), {FailedWith(1007)}},
              {"ReasonWithAnOverlongForm", Close(1000, "\xc0\x80"), {FailedWith(1007)}},
              {"ReasonBeyondUnicode", Close(1000, "\xf4\x90\x80\x80"), {FailedWith(1007)}},
              {"ReasonThatEndsInsideACharacter", Close(1000, "ab\xe2\x82"), {FailedWith(1007)}},
              {"LongestReasonThatEndsInsideACharacter",
               Close(1000, std::string(122, 'r') + "\xc3"),
               {FailedWith(1007)}},
              {"BadReasonOfAPrivateCode", Close(4000, "\xff"), {FailedWith(1007)}},
              {"BadReasonOfABadCode", Close(1005, "\xff"), {FailedWith(1002)}},
              {"BadReasonBehindAMessage", Text("a") + Close(1000, "\xff"), {TextOf("a"), FailedWith(1007)}},
          }};
}

Group ClosingHandshake() {
  return {
      .section = "Section7_1_1",
      .cases = {
          {"TheServerEndsTcpBehindTheCloseFrames", Close(1000), {ClosedWith(1000)}},
          {"TheServerEndsTcpBehindAFailure", Last("x"), {FailedWith(1002)}},
          {"CloseInTheMiddleOfAMessage", First("a") + Next("b") + Close(1000), {ClosedWith(1000)}},
          {"CloseInTheMiddleOfACharacter", First("\xe2\x82") + Close(1000), {ClosedWith(1000)}},
          {"MessageBehindTheCloseIsIgnored",
           Text("a") + Close(1000) + Text("b"),
           {TextOf("a"), ClosedWith(1000)}},
          {"LongMessageBehindTheCloseIsIgnored", Close(1000) + Binary(BytesOf(30'000)), {ClosedWith(1000)}},
          {"RestOfAMessageBehindTheCloseIsIgnored", First("a") + Close(1000) + Last("b"), {ClosedWith(1000)}},
          {"AnotherCloseBehindTheCloseIsIgnored", Close(1000) + Close(4000), {ClosedWith(1000)}},
          {"ABadCloseBehindTheCloseIsIgnored", Close(1000) + Close(1005), {ClosedWith(1000)}},
          {"TcpEndsBehindTheClose", {{Close(1000), {ClosedWith(1000)}, true}}},
      }};
}

Group Failures() {
  return {
      .section = "Section7_1_7",
      .cases = {
          {"MessageBehindAFailureIsIgnored", Last("x") + Text("a"), {FailedWith(1002)}},
          {"PingBehindAFailureIsNotAnswered", Last("x") + Ping("a"), {FailedWith(1002)}},
          {"CloseBehindAFailureIsNotAnswered", Last("x") + Close(1000), {FailedWith(1002)}},
          {"OneFailureIsEnough", Last("x") + Text("\xff") + Last("x"), {FailedWith(1002)}},
          {"TheFirstFailureCounts", Text("\xff") + Last("x"), {FailedWith(1007)}},
          {"MessagesBeforeAFailureAreEchoed",
           Text("a") + Binary("b") + Ping("c") + Last("x"),
           {TextOf("a"), BinaryOf("b"), PongOf("c"), FailedWith(1002)}},
          {"MuchBehindAFailureIsIgnored", Last("x") + Repeat(Binary(BytesOf(1000)), 300), {FailedWith(1002)}},
      }};
}

// A client that ends TCP without a close frame gets no answer to that.
Group AbnormalClosures() {
  return {.section = "Section7_3",
          .cases = {
              {"TcpEndsAtOnce", {{"", {}, true}}},
              {"TcpEndsBehindAMessage", {{Text("a"), {TextOf("a")}, true}}},
              {"TcpEndsBehindAPing", {{Ping("a"), {PongOf("a")}, true}}},
              {"TcpEndsInsideAHeader", {{Text("Hello").substr(0, 1), {}, true}}},
              {"TcpEndsInsideAMask", {{Text("Hello").substr(0, 4), {}, true}}},
              {"TcpEndsInsideAPayload", {{Text("Hello").substr(0, 8), {}, true}}},
              {"TcpEndsInsideALongPayload", {{Binary(BytesOf(70'000)).substr(0, 60'000), {}, true}}},
              {"TcpEndsInsideAMessage", {{First("a") + Next("b"), {}, true}}},
              {"TcpEndsInsideACloseFrame", {{Close(1000).substr(0, 7), {}, true}}},
              {"TcpEndsBehindAFailure", {{Last("x"), {FailedWith(1002)}, true}}},
          }};
}

}  // namespace

std::vector<Group> Groups() {
  return {DefinedCodes(), RangesOfCodes(), Reasons(), ClosingHandshake(), Failures(), AbnormalClosures()};
}

}  // namespace drawbridge::conformance
