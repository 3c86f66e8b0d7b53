#include "tests/gateway/session/conversations.h"

#include <array>
#include <string_view>
#include <utility>

namespace drawbridge {
namespace {

std::string CloseWith(uint16_t code, std::string_view reason) {
  return std::string({static_cast<char>(code >> 8), static_cast<char>(code)}).append(reason);
}

}  // namespace

std::vector<NamedConversation> ConversationCorpus() {
  const std::string text = "\xce\xba\xf0\x9f\x8c\x89";
  return {
      {"text", TextFrame("Hello")},
      {"empty", TextFrame("") + BinaryFrame("")},
      {"lengths", BinaryFrame(std::string(125, 'a')) + BinaryFrame(std::string(126, 'b')) +
                      BinaryFrame(std::string(65535, 'c')) + BinaryFrame(std::string(65536, 'd'))},
      {"fragments", Fragment(0x1, text.substr(0, 1), false) + PingFrame("p") +
                        Fragment(0x0, text.substr(1, 3), false) + PongFrame("") +
                        Fragment(0x0, text.substr(4), true) + TextFrame("after")},
      {"empty_fragments", Fragment(0x2, "", false) + Fragment(0x0, "", false) + Fragment(0x0, "", true)},
      {"unfinished_text", Fragment(0x1, text.substr(0, 4), true)},
      {"bad_text_in_the_second_fragment",
       Fragment(0x1, "ok \xed", false) + Fragment(0x0, "\xa0\x80 more", false)},
      {"bad_text_behind_ascii", TextFrame("sixteen letters!\xff")},
      {"ping_pong", PingFrame("") + PingFrame(std::string(125, 'p')) + PongFrame("q")},
      {"ping_too_long", ClientFrame{.opcode = 0x9, .payload = std::string(126, 'p')}.Bytes()},
      {"ping_in_fragments", Fragment(0x9, "p", false)},
      {"continuation_of_nothing", Fragment(0x0, "x", true)},
      {"text_inside_text", Fragment(0x1, "x", false) + TextFrame("y")},
      {"unmasked", ClientFrame{.payload = "x", .masked = false}.Bytes()},
      {"reserved_bits", ClientFrame{.payload = "x", .reserved = 4}.Bytes()},
      {"reserved_opcode", Fragment(0x3, "x", true)},
      {"reserved_control", Fragment(0xb, "x", true)},
      {"long_form", ClientFrame{.payload = "x", .form = LengthForm::kTwoBytes}.Bytes()},
      {"longest_form",
       ClientFrame{.payload = std::string(300, 'x'), .form = LengthForm::kEightBytes}.Bytes()},
      {"top_bit", ClientFrame{.announced = uint64_t{1} << 63}.Bytes()},
      {"too_big", ClientFrame{.opcode = 0x2, .announced = uint64_t{1} << 40}.Bytes()},
      {"too_big_together",
       Fragment(0x2, std::string(60000, 'x'), false) + Fragment(0x0, std::string(60000, 'y'), true)},
      {"close", CloseFrame(1000, "bye") + TextFrame("late")},
      {"close_without_code", Fragment(0x8, "", true)},
      {"close_with_half_a_code", Fragment(0x8, "\x03", true)},
      {"close_1005", CloseFrame(1005)},
      {"close_999", CloseFrame(999)},
      {"close_2999", CloseFrame(2999)},
      {"close_3000", CloseFrame(3000)},
      {"close_between_fragments", Fragment(0x1, "x", false) + CloseFrame(1001, text)},
      {"close_with_bad_reason", CloseFrame(1000, "\xc0\xaf")},
  };
}

size_t ConversationMaker::Length() {
  switch (Below(12)) {
    case 0:
      return 0;
    case 1:
      return 120 + Below(12);
    case 2:
      return Below(3000);
    case 3:
      return OneIn(4) ? 65530 + Below(12) : 8 * Below(20);
    default:
      return Below(24);
  }
}

std::string ConversationMaker::Text() {
  static constexpr std::array<std::string_view, 9> kCharacters = {"a",
                                                                  "ascii ",
                                                                  "\xc2\x80",
                                                                  "\xdf\xbf",
                                                                  "\xe0\xa0\x80",
                                                                  "\xed\x9f\xbf",
                                                                  "\xef\xbf\xbf",
                                                                  "\xf0\x90\x80\x80",
                                                                  "\xf4\x8f\xbf\xbf"};
  std::string text;
  const bool is_ascii = OneIn(3);
  for (const size_t length = Length(); text.size() < length;) text += kCharacters[Below(is_ascii ? 2 : 9)];
  if (OneIn(16) && !text.empty()) text[Below(text.size())] = static_cast<char>(random_());
  if (OneIn(32)) text.resize(Below(text.size() + 1));
  return text;
}

std::string ConversationMaker::Bytes(size_t length) {
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random_());
  return bytes;
}

std::string ConversationMaker::ControlPayload(uint8_t opcode) {
  if (opcode != 0x8) return Bytes(OneIn(4) ? 125 - Below(3) : Below(10));
  if (OneIn(6)) return Bytes(Below(2));
  const size_t code = OneIn(3) ? Below(6000) : 995 + Below(22);
  return CloseWith(static_cast<uint16_t>(code), Text().substr(0, Below(124)));
}

void ConversationMaker::AddControl() {
  const uint8_t opcode = OneIn(8) ? 0x8 : OneIn(2) ? 0x9 : 0xa;
  frames_.push_back({.opcode = opcode, .payload = ControlPayload(opcode)});
}

void ConversationMaker::AddMessage() {
  const uint8_t opcode = OneIn(3) ? 0x2 : 0x1;
  std::string rest = opcode == 0x1 ? Text() : Bytes(Length());
  const bool compressed = deflation_ != Deflation::kNone && !OneIn(3);
  if (compressed) {
    if (deflation_ == Deflation::kAlone) deflater_.Reset();
    rest = deflater_.Compress(rest);
  }
  const size_t fragments = OneIn(2) ? 1 : 1 + Below(5);
  for (size_t i = 0; i < fragments; ++i) {
    const bool fin = i + 1 == fragments;
    const size_t size = fin ? rest.size() : Below(rest.size() + 1);
    const uint8_t this_opcode = i == 0 ? opcode : 0x0;
    const uint8_t reserved = i == 0 && compressed ? 4 : 0;
    frames_.push_back(
        {.opcode = this_opcode, .payload = rest.substr(0, size), .fin = fin, .reserved = reserved});
    rest.erase(0, size);
    if (!fin && OneIn(3)) AddControl();
  }
}

void ConversationMaker::Spoil(ClientFrame& frame) {
  switch (Below(9)) {
    case 0:
      frame.fin = !frame.fin;
      break;
    case 1:
      frame.reserved = static_cast<uint8_t>(1 + Below(7));
      break;
    case 2:
      frame.opcode = static_cast<uint8_t>(Below(16));
      break;
    case 3:
      frame.masked = false;
      break;
    case 4:
      frame.form = OneIn(2) ? LengthForm::kTwoBytes : LengthForm::kEightBytes;
      break;
    case 5:
      frame.announced = random_() >> (OneIn(3) ? 0 : Below(64));
      break;
    case 6:
      frame.announced = frame.payload.size() + Below(3);
      break;
    case 7:
      frame.payload = Bytes(Length());
      break;
    default:
      frame.opcode = 0x0;
  }
}

std::string ConversationMaker::Next() {
  frames_.clear();
  deflater_.Reset();
  for (size_t units = 1 + Below(6); units > 0; --units) OneIn(4) ? AddControl() : AddMessage();
  for (ClientFrame& frame : frames_) frame.key = static_cast<uint32_t>(random_());
  if (OneIn(2)) Spoil(frames_[Below(frames_.size())]);
  std::string bytes;
  for (const ClientFrame& frame : frames_) bytes += frame.Bytes();
  if (OneIn(8)) bytes[Below(bytes.size())] ^= static_cast<char>(1 << Below(8));
  if (OneIn(8)) bytes.resize(Below(bytes.size()));
  return bytes;
}

}  // namespace drawbridge
