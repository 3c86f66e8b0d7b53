// Section 8.1, and RFC 3629: text must be UTF-8. Text that is not fails the connection as soon as this is
// known.
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

struct Sequence {
  std::string name;
  std::string bytes;
};

const std::vector<Sequence>& Good() {
  static const std::vector<Sequence> sequences = {
      {"Nul", std::string(1, '\0')},
      {"Ascii", "a"},
      {"LastOf1Byte", "\x7f"},
      {"FirstOf2Bytes", "\xc2\x80"},
      {"LastOf2Bytes", "\xdf\xbf"},
      {"FirstOf3Bytes", "\xe0\xa0\x80"},
      {"Euro", "\xe2\x82\xac"},
      {"LastBeforeSurrogates", "\xed\x9f\xbf"},
      {"FirstBehindSurrogates", "\xee\x80\x80"},
      {"ReplacementCharacter", "\xef\xbf\xbd"},
      {"NonCharacter", "\xef\xbf\xbe"},
      {"LastOf3Bytes", "\xef\xbf\xbf"},
      {"FirstOf4Bytes", "\xf0\x90\x80\x80"},
      {"Bridge", "\xf0\x9f\x8c\x89"},
      {"BeginningWithF1", "\xf1\x80\x80\x80"},
      {"BeginningWithF3", "\xf3\xbf\xbf\xbf"},
      {"LastOf4Bytes", "\xf4\x8f\xbf\xbf"},
      {"Kosme", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"},
  };
  return sequences;
}

// None is the beginning of valid text: the last byte is invalid, if not an earlier one.
const std::vector<Sequence>& Bad() {
  static const std::vector<Sequence> sequences = {
      {"ContinuationAlone80", "\x80"},
      {"ContinuationAloneBf", "\xbf"},
      {"ContinuationBehindACharacter", "\xc3\xa9\xa9"},
      {"ByteC0", "\xc0"},
      {"ByteC1", "\xc1"},
      {"ByteF5", "\xf5"},
      {"ByteF8", "\xf8"},
      {"ByteFc", "\xfc"},
      {"ByteFe", "\xfe"},
      {"ByteFf", "\xff"},
      {"NulIn2Bytes", "\xc0\x80"},
      {"SlashIn2Bytes", "\xc0\xaf"},
      {"LastOf1ByteIn2", "\xc1\xbf"},
      {"NulIn3Bytes", "\xe0\x80\x80"},
      {"LastOf2BytesIn3", "\xe0\x9f\xbf"},
      {"NulIn4Bytes", "\xf0\x80\x80\x80"},
      {"LastOf3BytesIn4", "\xf0\x8f\xbf\xbf"},
      {"SlashIn5Bytes", "\xf8\x80\x80\x80\xaf"},
      {"SlashIn6Bytes", "\xfc\x80\x80\x80\x80\xaf"},
      {"FirstSurrogate", "\xed\xa0\x80"},
      {"LastHighSurrogate", "\xed\xaf\xbf"},
      {"FirstLowSurrogate", "\xed\xb0\x80"},
      {"LastSurrogate", "\xed\xbf\xbf"},
      {"PairOfSurrogates", "\xed\xa0\xbd\xed\xb8\x80"},
      {"FirstBeyondUnicode", "\xf4\x90\x80\x80"},
      {"FarBeyondUnicode", "\xf7\xbf\xbf\xbf"},
      {"AsciiInsteadOfTheSecondOf2", "\xc3\x61"},
      {"AsciiInsteadOfTheSecondOf3", "\xe2\x61"},
      {"AsciiInsteadOfTheThirdOf3", "\xe2\x82\x61"},
      {"AsciiInsteadOfTheSecondOf4", "\xf0\x61"},
      {"AsciiInsteadOfTheFourthOf4", "\xf0\x9f\x8c\x61"},
      {"LeadInsteadOfTheSecondOf2", "\xc3\xc3"},
      {"LeadInsteadOfTheThirdOf3", "\xe2\x82\xe2"},
      {"LeadInsteadOfTheFourthOf4", "\xf0\x9f\x8c\xf0"},
  };
  return sequences;
}

// Characters that the end of the message truncates.
const std::vector<Sequence>& Unfinished() {
  static const std::vector<Sequence> sequences = {
      {"1Of2", "\xc3"},      {"1Of3", "\xe2"},      {"2Of3", "\xe2\x82"},
      {"1Of4", "\xf0"},      {"2Of4", "\xf0\x9f"},  {"3Of4", "\xf0\x9f\x8c"},
      {"2OfE0", "\xe0\xa0"}, {"2OfEd", "\xed\x9f"}, {"3OfF4", "\xf4\x8f\xbf"},
  };
  return sequences;
}

// `bytes` after ASCII of every length that a fast path for ASCII might treat differently.
std::vector<std::string> Shifted(std::string_view bytes, std::string_view behind) {
  std::vector<std::string> texts;
  for (const size_t before : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 31, 63, 64}) {
    texts.push_back(std::string(before, 'a').append(bytes).append(behind));
  }
  return texts;
}

// The text in two fragments, cut at each place.
std::vector<std::string> CutInTwo(std::string_view text) {
  std::vector<std::string> frames;
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    frames.push_back(First(text.substr(0, cut)) + Last(text.substr(cut)));
  }
  return frames;
}

void AddGood(Group& group, const Sequence& sequence) {
  std::vector<Exchange> whole;
  for (const std::string& text : Shifted(sequence.bytes, "zzzzzzzzzz")) {
    whole.push_back({Text(text), {TextOf(text)}});
  }
  group.cases.emplace_back("Good" + sequence.name, whole);
  const std::string text = "ab" + sequence.bytes + sequence.bytes + "cd";
  group.cases.emplace_back("Good" + sequence.name + "InFragments", Each(CutInTwo(text), {TextOf(text)}));
}

void AddBad(Group& group, const Sequence& sequence) {
  std::vector<std::string> whole;
  for (const std::string& text : Shifted(sequence.bytes, "")) whole.push_back(Text(text));
  for (const std::string& text : Shifted(sequence.bytes, "zzzzzzzzzz")) whole.push_back(Text(text));
  group.cases.emplace_back("Bad" + sequence.name, Each(whole, {FailedWith(1007)}));
  group.cases.emplace_back("Bad" + sequence.name + "InFragments",
                           Each(CutInTwo("ab" + sequence.bytes + "cd"), {FailedWith(1007)}));
  // Neither the message nor its frame has ended yet.
  group.cases.emplace_back(
      "Bad" + sequence.name + "FailsFast",
      Each({First("ab" + sequence.bytes), First("ab") + Next(sequence.bytes),
            Frame({.payload = "ab" + sequence.bytes, .announced = 1000}),
            First("ab") + Frame({.opcode = kOpContinuation, .payload = sequence.bytes, .announced = 70'000})},
           {FailedWith(1007)}));
}

void AddUnfinished(Group& group, const Sequence& sequence) {
  std::vector<std::string> frames;
  for (const std::string& text : Shifted(sequence.bytes, "")) frames.push_back(Text(text));
  const auto cut = CutInTwo("ab" + sequence.bytes);
  frames.insert(frames.end(), cut.begin(), cut.end());
  frames.push_back(First("ab" + sequence.bytes) + Next("") + Last(""));
  frames.push_back(Text(sequence.bytes) + Text("\xac"));  // the next message does not finish it
  group.cases.emplace_back("Unfinished" + sequence.name, Each(frames, {FailedWith(1007)}));
}

}  // namespace

std::vector<Group> Groups() {
  Group group{.section = "Section8_1"};
  for (const Sequence& sequence : Good()) AddGood(group, sequence);
  for (const Sequence& sequence : Bad()) AddBad(group, sequence);
  for (const Sequence& sequence : Unfinished()) AddUnfinished(group, sequence);
  group.cases.emplace_back("GoodBehindGood", Text("\xe2\x82\xac") + Text("\xf0\x9f\x8c\x89"),
                           std::vector{TextOf("\xe2\x82\xac"), TextOf("\xf0\x9f\x8c\x89")});
  group.cases.emplace_back("BadBehindGood", Text("\xe2\x82\xac") + Text("\xe2\x82"),
                           std::vector{TextOf("\xe2\x82\xac"), FailedWith(1007)});
  group.cases.emplace_back("BadInTheMiddleOfALongText",
                           Text(TextOfSize(30'000) + "\xff" + TextOfSize(30'000)),
                           std::vector{FailedWith(1007)});
  group.cases.emplace_back("BadAtTheEndOfALongText", Text(TextOfSize(70'000) + "\xc3"),
                           std::vector{FailedWith(1007)});
  return {group};
}

}  // namespace drawbridge::conformance
