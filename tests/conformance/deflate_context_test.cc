// RFC 7692, sections 7.1 and 7.2: how far back a message may refer, in both directions.
#include <string>
#include <vector>

#include "tests/conformance/deflate_case.h"
#include "tests/conformance/group.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge::conformance {
namespace {

// Compresses messages of any length, so that short ones can be tested, too.
std::vector<std::string> All(std::vector<std::string> flags) {
  flags.emplace_back("--deflate_min_bytes=0");
  return flags;
}

std::string WindowBits(const std::string& whose, int bits) {
  return "; " + whose + "_max_window_bits=" + std::to_string(bits);
}

// The same text twice, too far apart for a window of 2^bits bytes: a larger window refers to the first.
std::string TooFarApart(int bits) {
  const std::string noise = Noise((size_t{1} << bits) + 300);
  return noise + noise;
}

// Section 7.1.1.1: the server compresses each message by itself.
Group ServerWithoutContext(const std::string& suffix, const std::vector<std::string>& flags,
                           const std::string& offer) {
  const std::string text = Noise(2000);
  const std::string other = Noise(100) + text.substr(0, 1000);
  return {
      .section = "Deflate7_1_1_1",
      .flags = All(flags),
      .headers = {offer},
      .cases = {
          {"TheSameTwice" + suffix, Text(text) + Text(text), {CompressedText(text), CompressedText(text)}},
          {"PartsOfTheOneBefore" + suffix,
           Text(text) + Binary(other) + Text(text),
           {CompressedText(text), CompressedBinary(other), CompressedText(text)}},
          {"AManyTimes" + suffix, Repeat(Text(text), 20), std::vector<Answer>(20, CompressedText(text))},
      }};
}

// The server takes over its context, without messages that it sent uncompressed: the client's window lacks
// them.
Group ServerWithContext(int bits) {
  const Compression kept{.window_bits = bits, .context_kept = true};
  const std::string text = Noise(2000);
  const std::string far = TooFarApart(bits);
  const std::string bytes = Deflated(Noise(3000, 2));  // which does not shrink
  const std::string suffix = "WithAWindowOf" + std::to_string(bits);
  return {.section = "Deflate7_1_1_1",
          .flags = All(DeflatingWithTakeover()),
          .headers = {Offer(WindowBits("server", bits))},
          .cases = {
              {"TakesOver" + suffix,
               Text(text) + Text(text) + Binary(text),
               {CompressedText(text, kept), CompressedText(text, kept), CompressedBinary(text, kept)}},
              {"TakesOverFromFarAway" + suffix,
               Text(far) + Text(text) + Text(far),
               {CompressedText(far, kept), CompressedText(text, kept), CompressedText(far, kept)}},
              {"DoesNotReferToWhatWentAsItWas" + suffix,
               Text(text) + Binary(bytes) + Binary(bytes + text),
               {CompressedText(text, kept), BinaryOf(bytes), CompressedBinary(bytes + text, kept)}},
              {"ControlFramesAreNotPartOfIt" + suffix,
               Text(text) + Ping(text.substr(0, 125)) + Text(text),
               {CompressedText(text, kept), PongOf(text.substr(0, 125)), CompressedText(text, kept)}},
          }};
}

// Section 7.1.2.1.
Group ServerWindow(int bits) {
  const Compression window{.window_bits = bits};
  const std::string far = TooFarApart(bits);
  const std::string name = "StaysWithinAWindowOf" + std::to_string(bits);
  return {.section = "Deflate7_1_2_1",
          .flags = Deflating(),
          .headers = {Offer(WindowBits("server", bits))},
          .cases = {
              {name, Text(far), {CompressedText(far, window)}},
              {name + "AgainAndAgain",
               Text(far) + Binary(far) + Text(TextOfSize(100'000)),
               {CompressedText(far, window), CompressedBinary(far, window),
                CompressedText(TextOfSize(100'000), window)}},
          }};
}

Group ServerWindowByFlag() {
  const Compression window{.window_bits = 10};
  const std::string far = TooFarApart(10);
  return {.section = "Deflate7_1_2_1",
          .flags = Deflating({"--deflate_server_window_bits=10"}),
          .headers = {Offer(WindowBits("server", 15))},
          .cases = {{"StaysWithinTheSmallerWindow", Text(far), {CompressedText(far, window)}}}};
}

// Section 7.1.1.2: without takeover no message may refer to an earlier one.
Group ClientWithoutContext(const std::string& suffix, const std::vector<std::string>& flags,
                           const std::string& offer) {
  const std::string hello = Compressed(kHello);
  const std::string again = Compressed(kHelloAgain);
  return {.section = "Deflate7_1_1_2",
          .flags = flags,
          .headers = {offer},
          .cases = {
              {"ReferenceToTheOneBefore" + suffix, hello + again, {TextOf("Hello"), FailedAsCorrupt()}},
              {"ReferenceToTheOneBeforeThat" + suffix,
               hello + Compressed(std::string(1, '\0')) + again,
               {TextOf("Hello"), TextOf(""), FailedAsCorrupt()}},
              {"ReferenceToAPlainOne" + suffix, Text("Hello") + again, {TextOf("Hello"), FailedAsCorrupt()}},
              {"EachByItself" + suffix, hello + hello, {TextOf("Hello"), TextOf("Hello")}},
          }};
}

Group ClientWithContext() {
  const std::string hello = Compressed(kHello);
  const std::string again = Compressed(kHelloAgain);
  const std::string empty = Compressed(std::string(1, '\0'));
  const std::string final_block("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8);
  const Answer answer = TextOf("Hello");
  return {
      .section = "Deflate7_1_1_2",
      .flags = DeflatingWithTakeover(),
      .headers = {Offer()},
      .cases = {
          {"TakesOver", hello + again, {answer, answer}},
          {"TakesOverOneHundredTimes", hello + Repeat(again, 100), std::vector<Answer>(101, answer)},
          {"TakesOverToBinary",
           hello + Compressed(kHelloAgain, kOpBinary) + again,
           {answer, BinaryOf("Hello"), answer}},
          {"TakesOverPastControlFrames", hello + Ping("world") + again, {answer, PongOf("world"), answer}},
          {"PlainOnesAreNotPartOfIt",
           hello + Text("world, a long one") + again,
           {answer, TextOf("world, a long one"), answer}},
          {"PlainFragmentsAreNotPartOfIt",
           hello + First("wor") + Last("ld") + again,
           {answer, TextOf("world"), answer}},
          {"EmptyOnesChangeNothing",
           hello + empty + Compressed("") + again,
           {answer, TextOf(""), TextOf(""), answer}},
          {"TakesOverInFragments",
           hello + Compressed(kHelloAgain.substr(0, 2), kOpText, false) + Last(kHelloAgain.substr(2)),
           {answer, answer}},
          {"TakesOverFromAFinalBlock", Compressed(final_block) + again, {answer, answer}},
          {"ReferenceBeforeTheFirst", again, {FailedAsCorrupt()}},
          {"ReferenceBeforeTheFirstInALaterOne",
           empty + Text("Hello") + again,
           {TextOf(""), TextOf("Hello"), FailedAsCorrupt()}},
      }};
}

// Section 7.1.2.2.
Group ClientWindow(int bits) {
  const std::string suffix = "WithAWindowOf" + std::to_string(bits);
  const std::string text = Noise(60'000);
  const std::string other = Noise(40'000, 2);
  RawDeflater within(std::max(bits, 9));  // with 9 bits, zlib refers no further than 8 bits allow
  std::string good;
  for (const std::string& message : {text, other, text, std::string("short"), text})
    good += Compressed(within.Compress(message), kOpBinary);
  const Compression kept{.window_bits = 15, .context_kept = true};
  const auto answered = [&kept](const std::string& message) { return CompressedBinary(message, kept); };
  Group group{
      .section = "Deflate7_1_2_2",
      .flags = DeflatingWithTakeover(),
      .headers = {Offer(WindowBits("client", bits))},
      .cases = {{"TakesOver" + suffix,
                 good,
                 {answered(text), answered(other), answered(text), BinaryOf("short"), answered(text)}}}};
  if (bits == 15) return group;
  const std::string block = Noise((size_t{1} << bits) + 300);
  RawDeflater beyond(15);
  const std::string first = beyond.Compress(block);
  const std::string second = beyond.Compress(block);
  group.cases.emplace_back(
      "ReferenceBeyond" + suffix, Compressed(first, kOpBinary) + Compressed(second, kOpBinary),
      std::vector{block.size() < 1024 ? BinaryOf(block) : answered(block), FailedAsCorrupt()});
  return group;
}

}  // namespace

std::vector<Group> Groups() {
  std::vector<Group> groups = {
      ServerWithoutContext("", Deflating(), Offer()),
      ServerWithoutContext("ForOneWhoRefuses", DeflatingWithTakeover(),
                           Offer("; server_no_context_takeover")),
      ServerWithContext(15),
      ServerWithContext(9),
      ServerWindowByFlag(),
      ClientWithoutContext("", Deflating(), Offer()),
      ClientWithoutContext("ForOneWhoRefuses", DeflatingWithTakeover(),
                           Offer("; client_no_context_takeover")),
      ClientWithContext(),
      ClientWindow(8),
  };
  for (int bits = 9; bits <= 15; ++bits) {
    groups.push_back(ServerWindow(bits));
    groups.push_back(ClientWindow(bits));
  }
  return groups;
}

}  // namespace drawbridge::conformance
