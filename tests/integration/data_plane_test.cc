// What the gateway answers to well-behaved and ill-behaved clients on an open connection.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"
#include "tests/support/client.h"

namespace drawbridge {
namespace {

class DataPlaneTest : public ::testing::Test {
 protected:
  static GatewayOptions Options() {
    GatewayOptions options;
    options.io_threads = 2;
    return options;
  }
  Client Open() { return Client::Open(gateway_.address()); }

  SystemClock clock_;
  EchoHandler handler_;
  Gateway gateway_{Options(), NodeIdentity::Draw("test-node"), &handler_, &clock_};
};

void ExpectEcho(Client& client, int opcode, std::string_view payload) {
  const ServerFrame echo = client.ReadFrame();
  EXPECT_EQ(echo.opcode, opcode);
  EXPECT_EQ(echo.rsv, 0);
  EXPECT_TRUE(echo.fin);
  EXPECT_FALSE(echo.masked);
  EXPECT_EQ(echo.payload.size(), payload.size());
  EXPECT_TRUE(echo.payload == payload) << "the same bytes";
}

// Text with UTF-8 characters of each length, cut at a position where it is still valid.
std::string TextOf(size_t size) {
  std::string text;
  while (text.size() + 10 <= size) text += "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\x89";
  return text.append(size - text.size(), '.');
}

std::string BytesOf(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 >> 3);
  return bytes;
}

TEST_F(DataPlaneTest, EchoesTextAsTextAndBinaryAsBinaryOfEverySize) {
  Client client = Open();
  for (const size_t size : {0, 1, 2, 125, 126, 127, 65535, 65536, 65537, 1 << 20}) {
    const std::string text = TextOf(size);
    client.SendText(text);
    ExpectEcho(client, kOpText, text);
    const std::string bytes = BytesOf(size);
    client.SendFrame({.opcode = kOpBinary, .payload = bytes});
    ExpectEcho(client, kOpBinary, bytes);
  }
}

TEST_F(DataPlaneTest, EchoesFragmentsAsOneMessageWithPingsAnsweredBetween) {
  Client client = Open();
  const std::string bytes = BytesOf(70'000);
  const std::string_view view = bytes;
  client.SendFrame({.opcode = kOpBinary, .payload = view.substr(0, 1), .fin = false});
  client.SendFrame({.opcode = kOpPing, .payload = "still there?"});
  client.SendFrame({.opcode = kOpContinuation, .payload = view.substr(1, 66'000), .fin = false});
  client.SendFrame({.opcode = kOpContinuation, .payload = "", .fin = false});
  client.SendFrame({.opcode = kOpContinuation, .payload = view.substr(66'001)});
  ExpectEcho(client, kOpPong, "still there?");
  ExpectEcho(client, kOpBinary, bytes);
}

TEST_F(DataPlaneTest, FragmentsMayCutCharactersOfText) {
  Client client = Open();
  const std::string text = TextOf(40);
  for (size_t i = 0; i < text.size(); ++i) {
    client.SendFrame({.opcode = i == 0 ? kOpText : kOpContinuation,
                      .payload = std::string_view(text).substr(i, 1),
                      .fin = i + 1 == text.size()});
  }
  ExpectEcho(client, kOpText, text);
}

TEST_F(DataPlaneTest, ReadsAMessageThatArrivesByteByByte) {
  Client client = Open();
  const std::string text = TextOf(200);
  for (const char byte : Encode({.payload = text})) client.Send({&byte, 1});
  ExpectEcho(client, kOpText, text);
}

TEST_F(DataPlaneTest, ManyMessagesInOnePacketComeBackInOrder) {
  Client client = Open();
  std::string packet;
  for (int i = 0; i < 500; ++i) packet += Encode({.payload = std::to_string(i)});
  client.Send(packet);
  for (int i = 0; i < 500; ++i) ExpectEcho(client, kOpText, std::to_string(i));
}

TEST_F(DataPlaneTest, PongRepeatsThePing) {
  Client client = Open();
  for (const std::string& payload : {std::string(), std::string("x"), BytesOf(125)}) {
    client.SendFrame({.opcode = kOpPing, .payload = payload});
    ExpectEcho(client, kOpPong, payload);
  }
}

TEST_F(DataPlaneTest, PongThatNobodyAskedForIsIgnored) {
  Client client = Open();
  client.SendFrame({.opcode = kOpPong, .payload = "hello"});
  client.Echo("still here");
}

TEST_F(DataPlaneTest, CloseIsAnsweredWithItsCode) {
  for (const int code : {1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999}) {
    Client client = Open();
    client.SendClose(code, "goodbye");
    EXPECT_EQ(client.ReadClose().code(), code);
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  }
}

TEST_F(DataPlaneTest, CloseWithoutACodeIsAnsweredWithoutOne) {
  Client client = Open();
  client.SendFrame({.opcode = kOpClose});
  EXPECT_EQ(client.ReadClose().payload, "");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST_F(DataPlaneTest, MessagesBeforeACloseAreEchoedAndThoseAfterItAreNot) {
  Client client = Open();
  client.Send(Encode({.payload = "last words"}) +
              Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1000)}) +
              Encode({.payload = "and another"}));
  ExpectEcho(client, kOpText, "last words");
  EXPECT_EQ(client.ReadClose().code(), 1000);
  client.DrainToEnd();
}

struct Fault {
  std::string name;
  std::string bytes;
  int code;
};

class FaultTest : public DataPlaneTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(FaultTest, ClosesWithItsCodeAndAReason) {
  Client client = Open();
  client.Echo("good so far");
  client.Send(GetParam().bytes);
  const ServerFrame close = client.ReadClose();
  EXPECT_EQ(close.code(), GetParam().code);
  EXPECT_NE(close.reason(), "");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
}

std::string Close(std::string_view payload) { return Encode({.opcode = kOpClose, .payload = payload}); }

INSTANTIATE_TEST_SUITE_P(
    All, FaultTest,
    ::testing::Values(
        Fault{"OneByteOverTheLimit", Encode({.opcode = kOpBinary, .payload = BytesOf((1 << 20) + 1)}), 1009},
        Fault{"FragmentsOverTheLimit",
              Encode({.opcode = kOpBinary, .payload = BytesOf(1 << 20), .fin = false}) +
                  Encode({.opcode = kOpContinuation, .payload = "x"}),
              1009},
        Fault{"HugeLengthAnnounced", std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\1\2\3\4", 14),
              1009},
        Fault{"TextNotUtf8", Encode({.payload = "caf\xe9"}), 1007},
        Fault{"TextThatEndsInsideACharacter", Encode({.payload = "caf\xc3"}), 1007},
        Fault{"TextNotUtf8BeforeItIsWhole", Encode({.payload = "caf\xff", .fin = false}), 1007},
        Fault{"CloseReasonNotUtf8", Close(ClosePayloadOf(1000, "\xff")), 1007},
        Fault{"NotMasked", Encode({.payload = "x", .masked = false}), 1002},
        Fault{"ReservedBit", Encode({.payload = "x", .rsv = 4}), 1002},
        Fault{"ReservedOpcode", Encode({.opcode = 3, .payload = "x"}), 1002},
        Fault{"ReservedControlOpcode", Encode({.opcode = 11}), 1002},
        Fault{"ContinuationOfNothing", Encode({.opcode = kOpContinuation, .payload = "x"}), 1002},
        Fault{"MessageInsideAMessage", Encode({.payload = "a", .fin = false}) + Encode({.payload = "b"}),
              1002},
        Fault{"FragmentedPing", Encode({.opcode = kOpPing, .payload = "x", .fin = false}), 1002},
        Fault{"LongPing", Encode({.opcode = kOpPing, .payload = BytesOf(126)}), 1002},
        Fault{"LengthNotShortest", std::string("\x81\xfe\x00\x01\0\0\0\0x", 9), 1002},
        Fault{"CloseWithHalfACode", Close("\x03"), 1002},
        Fault{"CloseWith1005", Close(ClosePayloadOf(1005)), 1002},
        Fault{"CloseWith1006", Close(ClosePayloadOf(1006)), 1002},
        Fault{"CloseWith999", Close(ClosePayloadOf(999)), 1002},
        Fault{"CloseWith5000", Close(ClosePayloadOf(5000)), 1002}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace drawbridge
