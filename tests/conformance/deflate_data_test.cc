// RFC 7692, section 7.2.2: what a compressed message may consist of, beginning with the examples of the RFC,
// and data that cannot be inflated.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/conformance/deflate_case.h"
#include "tests/conformance/group.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge::conformance {
namespace {

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (; !hex.empty(); hex.remove_prefix(std::min<size_t>(hex.size(), 3)))
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(0, 2)), nullptr, 16));
  return bytes;
}

Group Base(const std::string& section) {
  return {.section = section, .flags = Inflating(), .headers = {Offer()}};
}

const std::vector<Answer>& Hello() {
  static const std::vector<Answer> answers = {TextOf("Hello")};
  return answers;
}

Group Examples(const std::string& number, const std::vector<Case>& cases) {
  Group group = Base("Deflate7_2_3_" + number);
  group.cases = cases;
  return group;
}

Group OneBlock() {
  return Examples("1",
                  {{"OneBlock", Compressed(Bytes("f2 48 cd c9 c9 07 00")), Hello()},
                   {"OneBlockInTwoFrames",
                    Compressed(Bytes("f2 48 cd"), kOpText, false) + Last(Bytes("c9 c9 07 00")), Hello()}});
}

// With context takeover.
Group SharedWindow() {
  Group group{
      .section = "Deflate7_2_3_2", .flags = DeflatingWithTakeover(), .headers = {Offer()}, .cases = {}};
  group.cases.emplace_back("SharedWindow",
                           Compressed(Bytes("f2 48 cd c9 c9 07 00")) + Compressed(Bytes("f2 00 11 00 00")),
                           std::vector{TextOf("Hello"), TextOf("Hello")});
  return group;
}

Group WithoutCompression() {
  return Examples(
      "3", {{"BlockWithoutCompression", Compressed(Bytes("00 05 00 fa ff 48 65 6c 6c 6f 00")), Hello()}});
}

Group FinalBlock() {
  return Examples("4",
                  {{"BlockThatIsMarkedAsTheLast", Compressed(Bytes("f3 48 cd c9 c9 07 00 00")), Hello()},
                   {"TheSameWithoutTheEmptyBlockBehind", Compressed(Bytes("f3 48 cd c9 c9 07 00")), Hello()},
                   {"BlocksBehindTheLast",
                    Compressed(Bytes("f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00")),
                    {TextOf("HelloHello")}},
                   {"TwoInARow",
                    Repeat(Compressed(Bytes("f3 48 cd c9 c9 07 00 00")), 2),
                    {TextOf("Hello"), TextOf("Hello")}}});
}

Group TwoBlocks() {
  return Examples("5", {{"TwoBlocks", Compressed(Bytes("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")), Hello()}});
}

Group Empty() {
  const std::string empty(1, '\0');
  return Examples("6",
                  {{"EmptyText", Compressed(empty), {TextOf("")}},
                   {"EmptyBinary", Compressed(empty, kOpBinary), {BinaryOf("")}},
                   {"EmptyFixedBlock", Compressed(Bytes("02 00")), {TextOf("")}},
                   {"NoPayloadAtAll", Compressed(""), {TextOf("")}},
                   {"EmptyFragments", Compressed("", kOpText, false) + Next(empty) + Last(""), {TextOf("")}},
                   {"EmptyBetweenOthers",
                    Compressed(kHello) + Compressed(empty) + Compressed(kHello),
                    {TextOf("Hello"), TextOf(""), TextOf("Hello")}}});
}

// Every level of zlib, which gives blocks of every type, and every window size.
Group EveryEncoder() {
  Group group = Base("Deflate7_2_2");
  const std::string text = Noise(3000) + TextOfSize(3000) + Noise(3000);
  for (int level = 0; level <= 9; ++level) {
    group.cases.emplace_back("Level" + std::to_string(level),
                             Compressed(RawDeflater(15, level).Compress(text)), std::vector{TextOf(text)});
  }
  for (int bits = 9; bits <= 15; ++bits) {
    group.cases.emplace_back("WindowOf" + std::to_string(bits), Compressed(RawDeflater(bits).Compress(text)),
                             std::vector{TextOf(text)});
  }
  RawDeflater in_blocks;
  std::string blocks;
  for (size_t at = 0; at < text.size(); at += 100)
    blocks += in_blocks.Flush(text.substr(at, 100), Z_SYNC_FLUSH);
  blocks.resize(blocks.size() - 4);
  group.cases.emplace_back("ManyBlocks", Compressed(blocks), std::vector{TextOf(text)});
  return group;
}

Group Corrupt() {
  Group group = Base("Deflate7_2_2");
  const std::string long_one = Deflated(Noise(3000));
  std::string flipped = long_one;
  flipped[3] ^= '\x55';
  const std::vector<std::pair<std::string, std::string>> all = {
      {"ReservedBlockType", Bytes("06")},
      {"ReservedBlockTypeBehindAGoodBlock", Bytes("f2 48 05 00 00 00 ff ff 06")},
      {"LengthsThatDisagree", Bytes("00 05 00 fa fe 48 65 6c 6c 6f 00")},
      {"BlockLongerThanTheMessage", Bytes("00 06 00 f9 ff 48 65 6c 6c 6f")},
      {"ReferenceBeforeTheBeginning", Bytes("f2 00 11 00 00")},
      {"ReservedLengthCode", Bytes("1a 03")},
      {"TooManyCodes", Bytes("fc ff ff")},
      {"AllOnes", std::string(100, '\xff')},
      {"PlainText", "Hello, this is no DEFLATE"},
      {"TheTailIsLeftOn", Bytes("f2 48 cd c9 c9 07 00 00 ff")},
      {"HalfOfIt", long_one.substr(0, long_one.size() / 2)},
      {"DamagedCodes", flipped},
  };
  for (const auto& [name, payload] : all) {
    group.cases.emplace_back(
        "Corrupt" + name, Each({Compressed(payload), Compressed(payload, kOpBinary)}, {FailedAsCorrupt()}));
  }
  std::vector<std::string> cut;
  for (size_t size = 1; size < kHello.size(); ++size) cut.push_back(Compressed(kHello.substr(0, size)));
  group.cases.emplace_back("CorruptCutAnywhere", Each(cut, {FailedAsCorrupt()}));
  group.cases.emplace_back("CorruptInTheLastFragment",
                           Compressed(kHello.substr(0, 3), kOpText, false) + Last("\x06"),
                           std::vector{FailedAsCorrupt()});
  group.cases.emplace_back("CorruptBehindGoodOnes", Compressed(kHello) + Text("a") + Compressed("\x06"),
                           std::vector{TextOf("Hello"), TextOf("a"), FailedAsCorrupt()});
  return group;
}

// RFC 6455, section 8.1: the inflated text must be UTF-8.
Group Utf8() {
  Group group = Base("Deflate7_2_2");
  const std::vector<Answer> bad = {FailedWith(1007, "invalid UTF-8")};
  const std::string good = TextOfSize(1000);
  const std::string deflated = Deflated(good);
  group.cases = {
      {"TextOfEveryLength", Compressed(deflated), {TextOf(good)}},
      {"TextCutInsideOfCharacters",
       Compressed(deflated.substr(0, 5), kOpText, false) + Last(deflated.substr(5)),
       {TextOf(good)}},
      {"BadText", Each({Compressed(Deflated("\xff")), Compressed(Deflated("caf\xe9")),
                        Compressed(Deflated("\xed\xa0\x80")), Compressed(Deflated(good + "\xc0\x80"))},
                       bad)},
      {"TextThatEndsInsideOfACharacter", Compressed(Deflated(good + "\xe2\x82")), bad},
      {"ACharacterMustNotReachIntoTheNextMessage",
       Compressed(Deflated("\xe2")) + Compressed(Deflated("\x82\xac")), bad},
      {"BadTextInFragments",
       Compressed(Deflated("\xff").substr(0, 1), kOpText, false) + Last(Deflated("\xff").substr(1)), bad},
      {"BinaryNeedBeNoText", Compressed(Deflated("\xff\xc0"), kOpBinary), {BinaryOf("\xff\xc0")}},
      {"CompressedBytesNeedBeNoText", Compressed(kHello), Hello()},
  };
  return group;
}

}  // namespace

std::vector<Group> Groups() {
  return {OneBlock(),     SharedWindow(), WithoutCompression(),
          FinalBlock(),   TwoBlocks(),    Empty(),
          EveryEncoder(), Corrupt(),      Utf8()};
}

}  // namespace drawbridge::conformance
