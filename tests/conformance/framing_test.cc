// Sections 5.1 to 5.3: a single frame: its bits, its opcode, every form of its length, and its mask.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

Group Masking() {
  const auto bare = [](int opcode, std::string_view payload) {
    return Frame({.opcode = opcode, .payload = payload, .masked = false});
  };
  return {.section = "Section5_1",
          .cases = {
              {"UnmaskedText", bare(kOpText, "Hello"), {FailedWith(1002)}},
              {"UnmaskedEmptyText", bare(kOpText, ""), {FailedWith(1002)}},
              {"UnmaskedBinary", bare(kOpBinary, "Hello"), {FailedWith(1002)}},
              {"UnmaskedLongBinary", bare(kOpBinary, BytesOf(126)), {FailedWith(1002)}},
              {"UnmaskedVeryLongBinary", bare(kOpBinary, BytesOf(65536)), {FailedWith(1002)}},
              {"UnmaskedPing", bare(kOpPing, "Hello"), {FailedWith(1002)}},
              {"UnmaskedPong", bare(kOpPong, "Hello"), {FailedWith(1002)}},
              {"UnmaskedClose", bare(kOpClose, ClosePayloadOf(1000)), {FailedWith(1002)}},
              {"UnmaskedContinuation", First("a") + bare(kOpContinuation, "b"), {FailedWith(1002)}},
              {"UnmaskedBehindGoodOnes",
               Text("a") + Ping("b") + bare(kOpText, "c") + Text("d"),
               {TextOf("a"), PongOf("b"), FailedWith(1002)}},
          }};
}

Group ReservedBits() {
  Group group{.section = "Section5_2"};
  const std::vector<std::pair<std::string, int>> opcodes = {
      {"Text", kOpText}, {"Binary", kOpBinary}, {"Close", kOpClose}, {"Ping", kOpPing}, {"Pong", kOpPong}};
  for (const auto& [name, opcode] : opcodes) {
    for (int rsv = 1; rsv < 8; ++rsv) {
      group.cases.emplace_back("ReservedBits" + std::to_string(rsv) + "On" + name,
                               Frame({.opcode = opcode, .rsv = rsv}), std::vector{FailedWith(1002)});
    }
  }
  for (const int rsv : {1, 2, 4}) {
    const std::string bits = std::to_string(rsv);
    group.cases.emplace_back("ReservedBits" + bits + "OnContinuation",
                             First("a") + Frame({.opcode = kOpContinuation, .payload = "b", .rsv = rsv}),
                             std::vector{FailedWith(1002)});
    group.cases.emplace_back("ReservedBits" + bits + "OnTextWithPayload",
                             Text("a") + Frame({.payload = "b", .rsv = rsv}) + Text("c"),
                             std::vector{TextOf("a"), FailedWith(1002)});
    group.cases.emplace_back("ReservedBits" + bits + "OnFirstFragment",
                             Frame({.payload = "a", .fin = false, .rsv = rsv}) + Last("b"),
                             std::vector{FailedWith(1002)});
  }
  return group;
}

Group Opcodes() {
  Group group{.section = "Section5_2"};
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    const std::string name = "ReservedOpcode" + std::to_string(opcode);
    group.cases.emplace_back(name, Frame({.opcode = opcode}), std::vector{FailedWith(1002)});
    group.cases.emplace_back(name + "WithPayload", Each({Frame({.opcode = opcode, .payload = "Hello"}),
                                                         Frame({.opcode = opcode, .payload = BytesOf(125)}),
                                                         Frame({.opcode = opcode, .payload = BytesOf(126)})},
                                                        {FailedWith(1002)}));
    group.cases.emplace_back(name + "WithoutFin",
                             Frame({.opcode = opcode, .payload = "a", .fin = false}) + Last("b"),
                             std::vector{FailedWith(1002)});
    group.cases.emplace_back(name + "InsideAMessage",
                             First("a") + Frame({.opcode = opcode, .payload = "b"}) + Last("c"),
                             std::vector{FailedWith(1002)});
    group.cases.emplace_back(name + "BehindAMessage", Text("a") + Frame({.opcode = opcode}),
                             std::vector{TextOf("a"), FailedWith(1002)});
  }
  return group;
}

Group Lengths() {
  Group group{.section = "Section5_2"};
  for (const size_t size : {0,   1,   2,   3,   4,   7,   8,    15,    16,    17,    124,   125,
                            126, 127, 128, 129, 255, 256, 4095, 65534, 65535, 65536, 65537, 131072}) {
    const std::string name = std::to_string(size) + "Bytes";
    group.cases.emplace_back("TextOf" + name, Text(TextOfSize(size)), std::vector{TextOf(TextOfSize(size))});
    group.cases.emplace_back("BinaryOf" + name, Binary(BytesOf(size)), std::vector{BinaryOf(BytesOf(size))});
  }
  const auto in_form = [](int opcode, size_t size, int length_bytes) {
    return Frame({.opcode = opcode, .payload = std::string(size, 'x'), .length_bytes = length_bytes});
  };
  for (const size_t size : {0, 1, 125}) {
    group.cases.emplace_back("TwoByteLengthOf" + std::to_string(size), in_form(kOpText, size, 2),
                             std::vector{FailedWith(1002)});
  }
  for (const size_t size : {0, 1, 125, 126, 65535}) {
    group.cases.emplace_back("EightByteLengthOf" + std::to_string(size), in_form(kOpBinary, size, 8),
                             std::vector{FailedWith(1002)});
  }
  group.cases.emplace_back("TwoByteLengthOfAPing", in_form(kOpPing, 5, 2), std::vector{FailedWith(1002)});
  group.cases.emplace_back("EightByteLengthOfAPong", in_form(kOpPong, 5, 8), std::vector{FailedWith(1002)});
  group.cases.emplace_back("TwoByteLengthOfAClose", in_form(kOpClose, 2, 2), std::vector{FailedWith(1002)});
  group.cases.emplace_back("TwoByteLengthOfAContinuation", First("a") + in_form(kOpContinuation, 1, 2),
                           std::vector{FailedWith(1002)});
  // Such a header fails the connection; nothing need follow it.
  for (const auto& [name, length] :
       std::vector<std::pair<std::string, uint64_t>>{{"TopBitAlone", uint64_t{1} << 63},
                                                     {"TopBitWithASmallLength", uint64_t{1} << 63 | 5},
                                                     {"AllBits", ~uint64_t{0}}}) {
    for (const int opcode : {kOpText, kOpBinary}) {
      group.cases.emplace_back("Length" + name + (opcode == kOpText ? "OfText" : "OfBinary"),
                               Frame({.opcode = opcode, .announced = length}), std::vector{FailedWith(1002)});
    }
  }
  return group;
}

// Every mask must be undone, for payloads of any length.
Group Keys() {
  Group group{.section = "Section5_3"};
  for (const auto& [name, key] :
       std::vector<std::pair<std::string, uint32_t>>{{"KeyOfZeros", 0},
                                                     {"KeyOfOnes", 0xffffffff},
                                                     {"KeyWithOneByteFirst", 0xff000000},
                                                     {"KeyWithOneByteLast", 0x000000ff},
                                                     {"KeyOfFourBytes", 0x12345678}}) {
    std::vector<Exchange> exchanges;
    std::string all;
    std::vector<Answer> answers;
    for (size_t size = 0; size <= 40; ++size) {
      all += Frame({.opcode = kOpBinary, .payload = BytesOf(size), .key = key});
      answers.push_back(BinaryOf(BytesOf(size)));
    }
    group.cases.emplace_back(name + "On0To40Bytes", all, answers);
    group.cases.emplace_back(name + "OnManyBytes",
                             Frame({.opcode = kOpBinary, .payload = BytesOf(70'001), .key = key}),
                             std::vector{BinaryOf(BytesOf(70'001))});
    group.cases.emplace_back(name + "OnText", Frame({.payload = TextOfSize(99), .key = key}),
                             std::vector{TextOf(TextOfSize(99))});
  }
  group.cases.emplace_back("EachFragmentHasItsOwnKey",
                           Frame({.payload = "abcde", .fin = false, .key = 0x01020304}) +
                               Frame({.opcode = kOpContinuation, .payload = "fghij", .key = 0xa0b0c0d0}),
                           std::vector{TextOf("abcdefghij")});
  group.cases.emplace_back("APingBetweenHasItsOwnKey",
                           Frame({.payload = "abcde", .fin = false, .key = 0x01020304}) +
                               Frame({.opcode = kOpPing, .payload = "ping", .key = 0x99887766}) +
                               Frame({.opcode = kOpContinuation, .payload = "fghij", .key = 0xa0b0c0d0}),
                           std::vector{PongOf("ping"), TextOf("abcdefghij")});
  return group;
}

}  // namespace

std::vector<Group> Groups() { return {Masking(), ReservedBits(), Opcodes(), Lengths(), Keys()}; }

}  // namespace drawbridge::conformance
