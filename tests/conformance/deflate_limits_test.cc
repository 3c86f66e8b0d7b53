// RFC 7692, section 8, and RFC 6455, section 10.4: a limit applies to the inflated size of a message.
#include <string>
#include <vector>

#include "tests/conformance/deflate_case.h"
#include "tests/conformance/group.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge::conformance {
namespace {

const std::vector<Answer>& TooBig() {
  static const std::vector<Answer> answers = {FailedWith(1009)};
  return answers;
}

std::string InFragments(std::string_view payload) {
  const size_t half = payload.size() / 2;
  return Compressed(payload.substr(0, half), kOpBinary, false) + Last(payload.substr(half));
}

Group At(size_t limit) {
  const std::string most = BytesOf(limit);
  const std::string deflated = Deflated(most);
  const std::string more = Deflated(most + "x");
  const std::string stored = RawDeflater(15, 0).Compress(most);
  const std::string stored_more = RawDeflater(15, 0).Compress(most + "x");
  const std::string text(limit, 't');
  // The longest compressed form that is accepted for a message of `limit` bytes.
  const size_t longest = limit + limit / 8 + 64;
  const auto announced = [](uint64_t length) {
    return Frame({.opcode = kOpBinary, .rsv = 4, .announced = length});
  };
  Group group{
      .section = "Deflate8",
      .flags = Inflating({"--max_message_bytes=" + std::to_string(limit)}),
      .headers = {Offer()},
      .cases = {
          {"TheLongest", Compressed(deflated, kOpBinary), {BinaryOf(most)}},
          {"TheLongestText", Compressed(Deflated(text)), {TextOf(text)}},
          {"TheLongestInFragments", InFragments(deflated), {BinaryOf(most)}},
          {"TheLongestWithoutCompression", Compressed(stored, kOpBinary), {BinaryOf(most)}},
          {"TwoOfTheLongest", Repeat(Compressed(deflated, kOpBinary), 2), {BinaryOf(most), BinaryOf(most)}},
          {"OneByteMore", Compressed(more, kOpBinary), TooBig()},
          {"OneByteMoreOfText", Compressed(Deflated(text + "t")), TooBig()},
          {"OneByteMoreInFragments", InFragments(more), TooBig()},
          {"OneByteMoreWithoutCompression", Compressed(stored_more, kOpBinary), TooBig()},
          {"OneByteMoreBehindAGoodOne",
           Compressed(deflated, kOpBinary) + Compressed(more, kOpBinary),
           {BinaryOf(most), FailedWith(1009)}},
          {"OneByteMoreAsItIs", Binary(most + "x"), TooBig()},
          {"MuchMore", Compressed(Deflated(std::string(limit * 10, 't'))), TooBig()},
          {"MoreThanAnyEncoderNeedsAnnounced", announced(longest + 1), TooBig()},
          {"TheLongestLengthAnnounced", announced((uint64_t{1} << 63) - 1), TooBig()},
          {"MoreThanAnyEncoderNeedsInFragments",
           Compressed(std::string(longest, '\0'), kOpBinary, false) + Next("x"), TooBig()},
      }};
  for (Case& each : group.cases) each.name = "Limit" + std::to_string(limit) + each.name;
  return group;
}

Group Bombs() {
  const std::string bomb = DeflateBomb(200);
  const std::vector<Answer> behind = {TextOf("Hello"), FailedWith(1009)};
  return {.section = "Deflate8",
          .flags = Inflating(),
          .headers = {Offer()},
          .cases = {
              {"Bomb", Compressed(bomb, kOpBinary), TooBig()},
              {"BombOfText", Compressed(bomb), TooBig()},
              {"BombInFragments", InFragments(bomb), TooBig()},
              {"BombBehindAGoodOne", Compressed(kHello) + Compressed(bomb), behind},
              {"SmallBombsWithinTheLimit", Repeat(Compressed(DeflateBomb(1), kOpBinary), 8),
               std::vector<Answer>(8, BinaryOf(std::string(1 << 20, '\0')))},
          }};
}

// A violation of the protocol is reported before an exceeded limit, and that before invalid content.
Group Order() {
  return {
      .section = "Deflate8",
      .flags = Inflating({"--max_message_bytes=100"}),
      .headers = {Offer()},
      .cases = {
          {"TooBigAndAnotherReservedBit", Frame({.rsv = 6, .announced = 1 << 20}), {FailedWith(1002)}},
          {"TooBigAndUnmasked", Frame({.rsv = 4, .masked = false, .announced = 1 << 20}), {FailedWith(1002)}},
          {"TooBigBeforeItIsCorrupt",
           Compressed(RawDeflater().Flush(std::string(1000, 'a'), Z_SYNC_FLUSH) + "\x06"), TooBig()},
          {"TooBigBeforeItIsBadText", Compressed(Deflated("\xff" + std::string(1000, 'a'))), TooBig()},
      }};
}

}  // namespace

std::vector<Group> Groups() { return {At(100), At(65'535), At(65'536), At(1 << 20), Bombs(), Order()}; }

}  // namespace drawbridge::conformance
