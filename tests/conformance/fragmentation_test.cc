// Section 5.4: a message in several frames.
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

// `payload` in frames of `size` bytes.
std::string Fragmented(int opcode, std::string_view payload, size_t size) {
  std::string frames;
  for (size_t at = 0; at < payload.size(); at += size) {
    frames += Frame({.opcode = at == 0 ? opcode : kOpContinuation,
                     .payload = payload.substr(at, size),
                     .fin = at + size >= payload.size()});
  }
  return frames;
}

Group Good() {
  Group group{
      .section = "Section5_4",
      .cases = {
          {"TextInTwo", First("Hel") + Last("lo"), {TextOf("Hello")}},
          {"BinaryInTwo", First("Hel", kOpBinary) + Last("lo"), {BinaryOf("Hello")}},
          {"TextInThree", First("a") + Next("b") + Last("c"), {TextOf("abc")}},
          {"EmptyFirst", First("") + Last("a"), {TextOf("a")}},
          {"EmptyLast", First("a") + Last(""), {TextOf("a")}},
          {"EmptyMiddle", First("a") + Next("") + Last("b"), {TextOf("ab")}},
          {"AllEmptyText", First("") + Next("") + Last(""), {TextOf("")}},
          {"AllEmptyBinary", First("", kOpBinary) + Next("") + Last(""), {BinaryOf("")}},
          {"OneThousandEmptyOnes", First("") + Repeat(Next(""), 1000) + Last("end"), {TextOf("end")}},
          {"OneThousandOfOneByte",
           Fragmented(kOpText, std::string(1000, 'x'), 1),
           {TextOf(std::string(1000, 'x'))}},
          {"LongOnes", Fragmented(kOpBinary, BytesOf(200'000), 70'000), {BinaryOf(BytesOf(200'000))}},
          {"AShortOneBehindALongOne",
           First(BytesOf(70'000), kOpBinary) + Last("x"),
           {BinaryOf(BytesOf(70'000) + "x")}},
          {"ALongOneBehindAShortOne",
           First("x", kOpBinary) + Last(BytesOf(70'000)),
           {BinaryOf("x" + BytesOf(70'000))}},
          {"TwoMessages",
           First("a") + Last("b") + First("c", kOpBinary) + Last("d"),
           {TextOf("ab"), BinaryOf("cd")}},
          {"AWholeMessageBefore", Text("a") + First("b") + Last("c"), {TextOf("a"), TextOf("bc")}},
          {"AWholeMessageBehind", First("a") + Last("b") + Binary("c"), {TextOf("ab"), BinaryOf("c")}},
      }};
  for (const size_t size : {1, 2, 3, 7, 125, 126, 127, 1000}) {
    const std::string name = "FragmentsOf" + std::to_string(size) + "Bytes";
    group.cases.emplace_back(name + "OfText", Fragmented(kOpText, TextOfSize(1001), size),
                             std::vector{TextOf(TextOfSize(1001))});
    group.cases.emplace_back(name + "OfBinary", Fragmented(kOpBinary, BytesOf(1001), size),
                             std::vector{BinaryOf(BytesOf(1001))});
  }
  return group;
}

Group ControlFramesBetween() {
  return {.section = "Section5_4",
          .cases = {
              {"PingBetween", First("a") + Ping("p") + Last("b"), {PongOf("p"), TextOf("ab")}},
              {"EmptyPingBetween", First("a") + Ping("") + Last("b"), {PongOf(""), TextOf("ab")}},
              {"LongPingBetween",
               First("a") + Ping(BytesOf(125)) + Last("b"),
               {PongOf(BytesOf(125)), TextOf("ab")}},
              {"PongBetween", First("a") + Pong("p") + Last("b"), {TextOf("ab")}},
              {"PingsAroundEachFragment",
               Ping("1") + First("a") + Ping("2") + Next("b") + Ping("3") + Last("c") + Ping("4"),
               {PongOf("1"), PongOf("2"), PongOf("3"), TextOf("abc"), PongOf("4")}},
              {"PingBetweenEmptyOnes", First("") + Ping("p") + Last(""), {PongOf("p"), TextOf("")}},
              {"PingInsideOfACharacter",
               First("\xe2") + Ping("\x82") + Last("\x82\xac"),
               {PongOf("\x82"), TextOf("\xe2\x82\xac")}},
              {"TenPingsBetween",
               First("a", kOpBinary) + Repeat(Ping("p"), 10) + Last("b"),
               {PongOf("p"), PongOf("p"), PongOf("p"), PongOf("p"), PongOf("p"), PongOf("p"), PongOf("p"),
                PongOf("p"), PongOf("p"), PongOf("p"), BinaryOf("ab")}},
              {"CloseBetween", First("a") + Close(1000) + Last("b"), {ClosedWith(1000)}},
              {"CloseBetweenWithoutMore", First("a") + Close(1001, "away"), {ClosedWith(1001)}},
              {"BadPingBetween",
               First("a") + Frame({.opcode = kOpPing, .payload = BytesOf(126)}) + Last("b"),
               {FailedWith(1002)}},
          }};
}

Group Bad() {
  const std::vector<Answer> failed = {FailedWith(1002)};
  return {
      .section = "Section5_4",
      .cases = {
          {"ContinuationOfNothing", Last("a"), failed},
          {"EmptyContinuationOfNothing", Last(""), failed},
          {"ContinuationOfNothingWithoutFin", Next("a"), failed},
          {"ContinuationOfAWholeText", Text("a") + Last("b"), {TextOf("a"), FailedWith(1002)}},
          {"ContinuationOfAWholeBinary", Binary("a") + Next("b"), {BinaryOf("a"), FailedWith(1002)}},
          {"ContinuationOfAPing", Ping("a") + Last("b"), {PongOf("a"), FailedWith(1002)}},
          {"ContinuationBehindTheLast", First("a") + Last("b") + Last("c"), {TextOf("ab"), FailedWith(1002)}},
          {"TextInsideText", First("a") + Text("b"), failed},
          {"BinaryInsideText", First("a") + Binary("b"), failed},
          {"TextInsideBinary", First("a", kOpBinary) + Text("b"), failed},
          {"BinaryInsideBinary", First("a", kOpBinary) + Binary("b"), failed},
          {"FirstInsideText", First("a") + First("b"), failed},
          {"EmptyTextInsideText", First("") + Text(""), failed},
          {"TextInsideTextBehindAPing", First("a") + Ping("p") + Text("b"), {PongOf("p"), FailedWith(1002)}},
          {"TextInsideTextBehindManyFragments", First("a") + Repeat(Next("b"), 20) + Text("c"), failed},
      }};
}

}  // namespace

std::vector<Group> Groups() { return {Good(), ControlFramesBetween(), Bad()}; }

}  // namespace drawbridge::conformance
