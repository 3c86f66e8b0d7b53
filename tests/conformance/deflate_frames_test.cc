// RFC 7692, section 6: which frames may mark a message as compressed, and how it is fragmented.
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/deflate_case.h"
#include "tests/conformance/group.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge::conformance {
namespace {

using Opcode = std::pair<std::string, int>;

std::string WithBits(int rsv, int opcode, std::string_view payload, bool fin = true) {
  return Frame({.opcode = opcode, .payload = payload, .fin = fin, .rsv = rsv});
}

Group Base(const std::string& section) {
  return {.section = section, .flags = Inflating(), .headers = {Offer()}};
}

Group ReservedBits() {
  Group group = Base("Deflate6_1");
  const std::vector<Opcode> data = {{"Text", kOpText}, {"Binary", kOpBinary}};
  for (const auto& [name, opcode] : data) {
    for (const int rsv : {1, 2, 3, 5, 6, 7}) {
      const std::string bits = "ReservedBits" + std::to_string(rsv) + "On";
      group.cases.emplace_back(bits + name, WithBits(rsv, opcode, kHello), std::vector{FailedWith(1002)});
      group.cases.emplace_back(Named({bits, "First", name}), WithBits(rsv, opcode, kHello, false) + Last(""),
                               std::vector{FailedWith(1002)});
    }
  }
  const std::vector<Opcode> control = {{"Close", kOpClose}, {"Ping", kOpPing}, {"Pong", kOpPong}};
  for (const auto& [name, opcode] : control) {
    const std::string payload = opcode == kOpClose ? ClosePayloadOf(1000) : "";
    for (const int rsv : {1, 2, 4, 7}) {
      group.cases.emplace_back("ReservedBits" + std::to_string(rsv) + "On" + name,
                               WithBits(rsv, opcode, payload), std::vector{FailedWith(1002)});
    }
    group.cases.emplace_back("CompressionBitOn" + name + "BetweenFragments",
                             Compressed(kHello.substr(0, 3), kOpText, false) + WithBits(4, opcode, payload),
                             std::vector{FailedWith(1002)});
  }
  for (const int opcode : {3, 7, 11, 15}) {
    group.cases.emplace_back("CompressionBitOnReservedOpcode" + std::to_string(opcode),
                             WithBits(4, opcode, ""), std::vector{FailedWith(1002)});
  }
  return group;
}

Group Continuations() {
  Group group = Base("Deflate6_1");
  const std::string begin = Compressed(kHello.substr(0, 3), kOpText, false);
  for (const int rsv : {1, 2, 4, 5, 7}) {
    const std::string bits = "ReservedBits" + std::to_string(rsv) + "On";
    group.cases.emplace_back(bits + "TheLast", begin + WithBits(rsv, kOpContinuation, kHello.substr(3)),
                             std::vector{FailedWith(1002)});
    group.cases.emplace_back(bits + "OneBetween",
                             begin + WithBits(rsv, kOpContinuation, kHello.substr(3, 1), false),
                             std::vector{FailedWith(1002)});
    group.cases.emplace_back(bits + "AContinuationOfPlainText",
                             First("a") + WithBits(rsv, kOpContinuation, kHello),
                             std::vector{FailedWith(1002)});
    group.cases.emplace_back(bits + "AContinuationOfNothing", WithBits(rsv, kOpContinuation, kHello),
                             std::vector{FailedWith(1002)});
  }
  group.cases.emplace_back("ACompressedOneInsideACompressedOne", begin + Compressed(kHello),
                           std::vector{FailedWith(1002)});
  group.cases.emplace_back("ACompressedOneInsideAPlainOne", First("a") + Compressed(kHello),
                           std::vector{FailedWith(1002)});
  group.cases.emplace_back("APlainOneInsideACompressedOne", begin + Text("a"), std::vector{FailedWith(1002)});
  return group;
}

// `payload` of a compressed message in two frames, cut at `at`, with `between` between them.
std::string CutAt(size_t at, std::string_view payload, const std::string& between = "",
                  int opcode = kOpText) {
  return Compressed(payload.substr(0, at), opcode, false) + between + Last(payload.substr(at));
}

Group Fragments() {
  Group group = Base("Deflate6_1");
  const std::string text = TextOfSize(301);
  const std::string deflated = Deflated(text);
  for (const std::string_view between : {"", "Ping"}) {
    const std::string ping = between.empty() ? "" : Ping("p");
    const std::string suffix = between.empty() ? "" : "WithAPingBetween";
    std::vector<Answer> answers = ping.empty() ? std::vector<Answer>{} : std::vector{PongOf("p")};
    answers.push_back(TextOf("Hello"));
    std::vector<std::string> cuts;
    for (size_t at = 0; at <= kHello.size(); ++at) cuts.push_back(CutAt(at, kHello, ping));
    group.cases.emplace_back("CutAtEveryByte" + suffix, Each(cuts, answers));
    answers.back() = BinaryOf(text);
    cuts.clear();
    for (size_t at = 0; at <= deflated.size(); ++at) cuts.push_back(CutAt(at, deflated, ping, kOpBinary));
    group.cases.emplace_back("ALongerOneCutAtEveryByte" + suffix, Each(cuts, answers));
  }
  std::string bytes = Compressed("", kOpText, false);
  for (const char byte : kHello) bytes += Next({&byte, 1}) + Pong("");
  group.cases.emplace_back("AFrameAByteAndPongsBetween", bytes + Last(""), std::vector{TextOf("Hello")});
  group.cases.emplace_back("CloseBetween", CutAt(3, kHello, Close(1000)), std::vector{ClosedWith(1000)});
  const std::string noise = Noise(200'000);
  const std::string long_one = Deflated(noise);
  group.cases.emplace_back("LongFrames", CutAt(70'000, long_one, "", kOpBinary),
                           std::vector{BinaryOf(noise)});
  return group;
}

// Section 6: any message may be compressed or not.
Group Mixed() {
  Group group = Base("Deflate6");
  const std::string hello = Compressed(kHello);
  group.cases = {
      {"PlainText", Text("Hello"), {TextOf("Hello")}},
      {"PlainTextThatLooksCompressed", Binary(kHello), {BinaryOf(std::string(kHello))}},
      {"PlainFragments", First("Hel") + Last("lo"), {TextOf("Hello")}},
      {"CompressedBinary", Compressed(kHello, kOpBinary), {BinaryOf("Hello")}},
      {"PlainBetweenCompressed",
       hello + Text("a") + hello + Binary("b") + hello,
       {TextOf("Hello"), TextOf("a"), TextOf("Hello"), BinaryOf("b"), TextOf("Hello")}},
      {"PlainFragmentsBehindCompressed",
       hello + First("a") + Last("b") + hello,
       {TextOf("Hello"), TextOf("ab"), TextOf("Hello")}},
      {"CompressedFragmentsBehindPlain",
       First("a") + Last("b") + CutAt(2, kHello) + Text("c"),
       {TextOf("ab"), TextOf("Hello"), TextOf("c")}},
      {"PingsAround", Ping("1") + hello + Ping("2"), {PongOf("1"), TextOf("Hello"), PongOf("2")}},
      {"OneHundredInARow", Repeat(hello, 100), std::vector<Answer>(100, TextOf("Hello"))},
      {"CloseBehind", hello + Close(1000), {TextOf("Hello"), ClosedWith(1000)}},
      {"BehindCloseIsIgnored", Close(1000) + Compressed("nonsense"), {ClosedWith(1000)}},
      {"BadTextBehind", hello + Text("\xff"), {TextOf("Hello"), FailedWith(1007, "invalid UTF-8")}},
  };
  return group;
}

// Section 6.2: the server compresses messages that are long enough, in one frame, and marks them as
// compressed.
Group Sent() {
  Group group{.section = "Deflate6_1", .flags = Deflating(), .headers = {Offer()}};
  const std::string text = TextOfSize(5000);
  group.cases = {
      {"AnswersAreCompressed", Text(text), {CompressedText(text)}},
      {"AnswersToCompressedOnesAreCompressed",
       Compressed(Deflated(text), kOpBinary),
       {CompressedBinary(text)}},
      {"PongsAreNot",
       Ping(std::string(125, 'p')) + Text(text),
       {PongOf(std::string(125, 'p')), CompressedText(text)}},
      {"ShortOnesGoAsTheyAre",
       Text(std::string(1023, 'a')) + Text(std::string(1024, 'a')),
       {TextOf(std::string(1023, 'a')), CompressedText(std::string(1024, 'a'))}},
      {"WhatDoesNotShrinkGoesAsItIs",
       Compressed(Deflated(Deflated(Noise(5000))), kOpBinary),
       {BinaryOf(Deflated(Noise(5000)))}},
      {"ALongOneComesInOneFrame", Binary(Noise(500'000)), {CompressedBinary(Noise(500'000))}},
  };
  return group;
}

}  // namespace

std::vector<Group> Groups() { return {ReservedBits(), Continuations(), Fragments(), Mixed(), Sent()}; }

}  // namespace drawbridge::conformance
