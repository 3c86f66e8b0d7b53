// RFC 7692, sections 5 and 7.1: offers and agreements. A compressed message after the request verifies each
// agreement.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/conformance/deflate_case.h"
#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

const std::string kNone(kNoTakeover);

std::string ServerBits(const std::string& value) { return "; server_max_window_bits=" + value; }
std::string ClientBits(const std::string& value) { return "; client_max_window_bits=" + value; }

Group OffByDefault() {
  return {.section = "Deflate5",
          .requests = {
              Declined("OffByDefault", Offer()),
              Declined("OffByDefaultWithAllParameters",
                       Offer(kNone + ServerBits("10") + "; client_max_window_bits")),
          }};
}

Group Offers() {
  return {
      .section = "Deflate5",
      .flags = Deflating(),
      .requests = {
          {"NoOfferNoCompression", Request() + Compressed(kHello), Switches("", {FailedWith(1002)})},
          Declined("AnotherExtension", "Sec-WebSocket-Extensions: permessage-bzip2"),
          Declined("AnOlderName", "Sec-WebSocket-Extensions: x-webkit-deflate-frame"),
          Declined("ANameThatBeginsLikeIt", "Sec-WebSocket-Extensions: permessage-deflate2"),
          Accepted("BehindAnotherExtension", "Sec-WebSocket-Extensions: x-other; a=\"b\", permessage-deflate",
                   kNone),
          Accepted("BeforeAnotherExtension", "Sec-WebSocket-Extensions: permessage-deflate, x-other", kNone),
          Accepted("BehindEmptyElements", "Sec-WebSocket-Extensions: , ,permessage-deflate,", kNone),
          Accepted("InTheSecondLine",
                   "Sec-WebSocket-Extensions: x-other\r\nSec-WebSocket-Extensions: permessage-deflate",
                   kNone),
          Accepted("SpacesAndTabs",
                   "Sec-WebSocket-Extensions:permessage-deflate\t;  server_max_window_bits =\t10 ;"
                   "client_no_context_takeover",
                   kNone + ServerBits("10")),
          Accepted("TheFirstOfTwo", Offer(ServerBits("10") + ", permessage-deflate" + ServerBits("11")),
                   kNone + ServerBits("10")),
          Accepted("TheSecondWhereTheFirstIsUnknown", Offer("; unknown, permessage-deflate"), kNone),
          Accepted("TheSecondWhereTheFirstCannotBe",
                   Offer(ServerBits("8") + ", permessage-deflate" + ServerBits("9")),
                   kNone + ServerBits("9")),
          Accepted(
              "TheThirdInAnotherLine",
              Offer(ServerBits("16") + ", permessage-deflate; server_no_context_takeover=1\r\n" + Offer()),
              kNone),
          Declined("TwoThatCannotBe", Offer("; a, permessage-deflate; b")),
      }};
}

// RFC 6455, section 9.1: a header that violates the grammar fails the handshake.
Group Malformed() {
  Group group{.section = "Deflate5", .flags = Deflating()};
  const std::vector<std::pair<std::string, std::string>> all = {
      {"NoName", "; server_no_context_takeover"},
      {"EmptyParameter", "permessage-deflate;"},
      {"ParameterWithoutName", "permessage-deflate; =10"},
      {"ValueMissing", "permessage-deflate; server_max_window_bits="},
      {"EmptyQuotes", "permessage-deflate; server_max_window_bits=\"\""},
      {"OpenQuote", "permessage-deflate; server_max_window_bits=\"10"},
      {"SpaceInQuotes", "permessage-deflate; server_max_window_bits=\"1 0\""},
      {"TwoNames", "permessage-deflate permessage-deflate"},
      {"AGoodOneBehindABadOne", "permessage-deflate; =1, permessage-deflate"},
  };
  for (const auto& [name, value] : all) {
    group.requests.emplace_back("Malformed" + name, Request({"Sec-WebSocket-Extensions: " + value}),
                                Refuses(400, "malformed Sec-WebSocket-Extensions"));
  }
  return group;
}

// Section 7.1: offers that must be declined, whether or not context takeover is enabled.
Group MustBeDeclined(const std::string& suffix, const std::vector<std::string>& flags) {
  Group group{.section = "Deflate7_1", .flags = flags};
  const std::vector<std::pair<std::string, std::string>> all = {
      {"UnknownParameter", "; unknown"},
      {"UnknownParameterWithValue", "; unknown=10"},
      {"UnknownBehindGoodOnes", "; server_no_context_takeover; client_max_window_bits; unknown"},
      {"NameInUpperCase", "; Server_No_Context_Takeover"},
      {"ServerNoTakeoverWithValue", "; server_no_context_takeover=1"},
      {"ClientNoTakeoverWithValue", "; client_no_context_takeover=true"},
      {"ServerNoTakeoverTwice", "; server_no_context_takeover; server_no_context_takeover"},
      {"ClientNoTakeoverTwice", "; client_no_context_takeover; client_no_context_takeover"},
      {"ServerWindowWithoutValue", "; server_max_window_bits"},
      {"ServerWindowTwice", ServerBits("10") + ServerBits("10")},
      {"ClientWindowTwice", ClientBits("10") + "; client_max_window_bits"},
      {"ClientWindowWithoutValueTwice", "; client_max_window_bits; client_max_window_bits"},
  };
  for (const auto& [name, parameters] : all)
    group.requests.push_back(Declined(name + suffix, Offer(parameters)));
  const std::vector<std::pair<std::string, std::string>> values = {
      {"Of0", "0"},          {"Of7", "7"},           {"Of16", "16"},     {"Of150", "150"},
      {"Of08", "08"},        {"Of015", "015"},       {"Negative", "-9"}, {"WithAPlus", "+9"},
      {"WithALetter", "1x"}, {"Huge", "4294967305"},
  };
  for (const auto& [name, value] : values) {
    group.requests.push_back(Declined(Named({"ServerWindow", name, suffix}), Offer(ServerBits(value))));
    group.requests.push_back(Declined(Named({"ClientWindow", name, suffix}), Offer(ClientBits(value))));
  }
  return group;
}

Group Takeover() {
  const std::string server = "; server_no_context_takeover";
  const std::string client = "; client_no_context_takeover";
  return {.section = "Deflate7_1_1",
          .flags = DeflatingWithTakeover(),
          .requests = {
              Accepted("BothWhereNobodyRefuses", Offer(), ""),
              Accepted("ServerRefused", Offer(server), server),
              Accepted("ClientRefused", Offer(client), client),
              Accepted("BothRefused", Offer(server + client), server + client),
              Accepted("BothRefusedInTheOtherOrder", Offer(client + server), server + client),
              Accepted("RefusedInTheSecondOfferOnly", Offer(", permessage-deflate" + server), ""),
          }};
}

Group NoTakeover() {
  return {.section = "Deflate7_1_1",
          .flags = Deflating(),
          .requests = {
              Accepted("NoneByDefault", Offer(), kNone),
              Accepted("NoneByDefaultAndRefused", Offer("; server_no_context_takeover"), kNone),
              Accepted("NoneByDefaultAndAllRefused", Offer(kNone), kNone),
          }};
}

// Section 7.1.2: the smaller window of the two, in each direction.
Group Windows(int ours) {
  const std::string bits = std::to_string(ours);
  Group group{.section = "Deflate7_1_2",
              .flags = ours == 15 ? Deflating()
                                  : Deflating({"--deflate_server_window_bits=" + bits,
                                               "--deflate_client_window_bits=" + bits})};
  const std::string by_us = ours == 15 ? "" : ServerBits(bits);
  const std::string suffix = "WhereWeHave" + bits;
  for (int theirs = 8; theirs <= 15; ++theirs) {
    const std::string value = std::to_string(theirs);
    const int smaller = std::min(ours, theirs);
    const std::string agreed = std::to_string(smaller);
    group.requests.push_back(
        theirs == 8 ? Declined("ServerWindowOf8" + suffix, Offer(ServerBits(value)))  // zlib has none
                    : Accepted(Named({"ServerWindowOf", value, suffix}), Offer(ServerBits(value)),
                               kNone + ServerBits(agreed)));
    group.requests.push_back(Accepted(Named({"ClientWindowOf", value, suffix}), Offer(ClientBits(value)),
                                      kNone + by_us + (smaller == 15 ? "" : ClientBits(agreed))));
  }
  group.requests.push_back(Accepted("ClientWindowOfAnySize" + suffix, Offer("; client_max_window_bits"),
                                    kNone + by_us + (ours == 15 ? "" : ClientBits(bits))));
  // The answer must not name the client's window if the offer did not (section 7.1.2.2); it may name the
  // server's.
  group.requests.push_back(Accepted("NoWindow" + suffix, Offer(), kNone + by_us));
  return group;
}

Group WindowsAndTakeover() {
  return {
      .section = "Deflate7_1_2",
      .flags = DeflatingWithTakeover({"--deflate_client_window_bits=10"}),
      .requests = {
          Accepted("WhoseWindowCannotBeBoundedDoesNotKeepIt", Offer(), "; client_no_context_takeover"),
          Accepted("WhoseWindowIsBoundedKeepsIt", Offer("; client_max_window_bits"), ClientBits("10")),
          Accepted("WhoseWindowIsSmallerKeepsIt", Offer(ClientBits("9")), ClientBits("9")),
          Accepted("QuotedValues", Offer("; server_max_window_bits=\"12\"; client_max_window_bits=\"\\9\""),
                   ServerBits("12") + ClientBits("9")),
          Accepted("AllInAnyOrder",
                   Offer("; client_max_window_bits=9; client_no_context_takeover; "
                         "server_max_window_bits=11; server_no_context_takeover"),
                   kNone + ServerBits("11") + ClientBits("9")),
      }};
}

}  // namespace

std::vector<Group> Groups() {
  return {OffByDefault(),
          Offers(),
          Malformed(),
          MustBeDeclined("", Deflating()),
          MustBeDeclined("WithTakeover", DeflatingWithTakeover()),
          Takeover(),
          NoTakeover(),
          Windows(15),
          Windows(11),
          Windows(9),
          WindowsAndTakeover()};
}

}  // namespace drawbridge::conformance
