// Section 10.4: a message over the limit is refused with 1009 when its length is announced.
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

const std::vector<Answer>& TooBig() {
  static const std::vector<Answer> answers = {FailedWith(1009)};
  return answers;
}

// Cases for every limit of at least 2 bytes.
Group At(size_t limit) {
  const std::string most = BytesOf(limit);
  const std::string half = most.substr(0, limit / 2);
  const std::string other_half = most.substr(limit / 2);
  const std::string text(limit, 't');
  const auto announced = [](uint64_t length, int opcode = kOpBinary) {
    return Frame({.opcode = opcode, .announced = length});
  };
  Group group{.section = "Section10_4",
              .flags = {"--max_message_bytes=" + std::to_string(limit)},
              .cases = {
                  {"TheLongestBinary", Binary(most), {BinaryOf(most)}},
                  {"TheLongestText", Text(text), {TextOf(text)}},
                  {"TwoOfTheLongest", Binary(most) + Text(text), {BinaryOf(most), TextOf(text)}},
                  {"TheLongestInFragments", First(half, kOpBinary) + Last(other_half), {BinaryOf(most)}},
                  {"TheLongestWithAnEmptyEnd", First(most, kOpBinary) + Last(""), {BinaryOf(most)}},
                  {"TheLongestBehindAnEmptyBeginning", First("", kOpBinary) + Last(most), {BinaryOf(most)}},
                  {"PingsInsideDoNotCount",
                   First(half, kOpBinary) + Ping(BytesOf(125)) + Last(other_half),
                   {PongOf(BytesOf(125)), BinaryOf(most)}},
                  {"OneByteMoreOfBinary", Binary(most + "x"), TooBig()},
                  {"OneByteMoreOfText", Text(text + "x"), TooBig()},
                  {"OneByteMoreInTheLastFragment", First(most, kOpBinary) + Last("x"), TooBig()},
                  {"OneByteMoreInAFragmentBetween", First(most, kOpBinary) + Next("x"), TooBig()},
                  {"OneByteMoreInTheFirstFragment", First(most + "x", kOpBinary), TooBig()},
                  {"OneByteMoreBehindAPing",
                   First(most, kOpBinary) + Ping("p") + Last("x"),
                   {PongOf("p"), FailedWith(1009)}},
                  {"OneByteMoreBehindAGoodOne",
                   Binary(most) + Binary(most + "x"),
                   {BinaryOf(most), FailedWith(1009)}},
                  {"OneByteMoreAnnounced", announced(limit + 1), TooBig()},
                  {"OneByteMoreAnnouncedInText", announced(limit + 1, kOpText), TooBig()},
                  {"OneByteMoreAnnouncedInAContinuation",
                   First(half, kOpBinary) + announced(limit - half.size() + 1, kOpContinuation), TooBig()},
                  {"FourGigabytesAnnounced", announced(uint64_t{1} << 32), TooBig()},
                  {"TheLongestLengthAnnounced", announced((uint64_t{1} << 63) - 1), TooBig()},
                  {"TheLongestLengthAnnouncedInAContinuation",
                   First(half, kOpBinary) + announced((uint64_t{1} << 63) - 1, kOpContinuation), TooBig()},
              }};
  for (Case& each : group.cases) each.name = "Limit" + std::to_string(limit) + each.name;
  return group;
}

Group SmallestLimit() {
  return {.section = "Section10_4",
          .flags = {"--max_message_bytes=1"},
          .cases = {
              {"Limit1OneByte", Text("a"), {TextOf("a")}},
              {"Limit1EmptyFragments", First("") + Next("") + Last("a"), {TextOf("a")}},
              {"Limit1TwoBytes", Text("ab"), TooBig()},
              {"Limit1TwoFragments", First("a") + Last("b"), TooBig()},
              {"Limit1LongControlFrames",
               Ping(BytesOf(125)) + Pong(BytesOf(125)) + Close(1000, "goodbye"),
               {PongOf(BytesOf(125)), ClosedWith(1000)}},
          }};
}

// A violation of the protocol is reported before an exceeded limit.
Group RulesFirst() {
  const uint64_t huge = uint64_t{1} << 40;
  return {.section = "Section10_4",
          .cases = {
              {"TooBigAndReservedBits", Frame({.rsv = 2, .announced = huge}), {FailedWith(1002)}},
              {"TooBigAndUnmasked", Frame({.masked = false, .announced = huge}), {FailedWith(1002)}},
              {"TooBigPing", Frame({.opcode = kOpPing, .announced = huge}), {FailedWith(1002)}},
              {"TooBigContinuationOfNothing",
               Frame({.opcode = kOpContinuation, .announced = huge}),
               {FailedWith(1002)}},
              {"TooBigReservedOpcode", Frame({.opcode = 3, .announced = huge}), {FailedWith(1002)}},
          }};
}

}  // namespace

std::vector<Group> Groups() {
  return {At(100), At(125), At(126), At(65'535), At(65'536), At(1 << 20), SmallestLimit(), RulesFirst()};
}

}  // namespace drawbridge::conformance
