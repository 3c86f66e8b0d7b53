#include "gateway/listener/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/gateway/listener/proxy_headers.h"

namespace drawbridge {
namespace {

using State = ProxyHeader::State;

struct Outcome {
  State state;
  std::string source;  // empty: none
  std::string rest;    // not consumed
  std::string taken;   // for kAbsent
};

// Feeds `bytes` in pieces of `size`.
Outcome Read(const std::string& bytes, size_t size) {
  ProxyHeader header;
  size_t begin = 0;
  while (begin < bytes.size() && header.state() == State::kIncomplete) {
    const std::string piece = bytes.substr(begin, size);
    const size_t used = header.Feed(piece);
    EXPECT_TRUE(used == piece.size() || header.state() != State::kIncomplete);
    begin += used;
  }
  return {header.state(), header.source().has_value() ? header.source()->ToString() : "", bytes.substr(begin),
          header.state() == State::kAbsent ? std::string(header.taken()) : ""};
}

// Feeds the bytes in one piece, byte by byte, and in other sizes. The outcome must be the same.
Outcome ReadAnyhow(const std::string& bytes) {
  Outcome whole = Read(bytes, bytes.size() + 1);
  for (const size_t size : {1, 2, 7, 13, 100}) {
    const Outcome outcome = Read(bytes, size);
    EXPECT_EQ(outcome.state, whole.state) << size;
    EXPECT_EQ(outcome.source, whole.source) << size;
    EXPECT_EQ(outcome.taken + outcome.rest, whole.taken + whole.rest) << size;
  }
  return whole;
}

void ExpectComplete(const std::string& header, const std::string& source) {
  const Outcome outcome = ReadAnyhow(header + "GET /");
  EXPECT_EQ(outcome.state, State::kComplete) << header;
  EXPECT_EQ(outcome.source, source);
  EXPECT_EQ(outcome.rest, "GET /");
}

void ExpectState(const std::string& bytes, State state) {
  EXPECT_EQ(ReadAnyhow(bytes).state, state) << bytes;
}

TEST(ProxyProtocolV1Test, TellsTheSource) {
  ExpectComplete("PROXY TCP4 192.0.2.1 192.0.2.2 4711 8080\r\n", "192.0.2.1:4711");
  ExpectComplete("PROXY TCP6 2001:db8::1 2001:db8::2 4711 8080\r\n", "[2001:db8::1]:4711");
  ExpectComplete("PROXY TCP6 ::ffff:192.0.2.1 ::1 4711 8080\r\n", "192.0.2.1:4711");
}

TEST(ProxyProtocolV1Test, MayNotKnowIt) {
  ExpectComplete("PROXY UNKNOWN\r\n", "");
  ExpectComplete("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", "");
}

TEST(ProxyProtocolV1Test, RefusesWhatIsNoHeader) {
  for (const std::string line :
       {"PROXY TCP4 192.0.2.1 192.0.2.2 4711\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 4711 8080 1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4711 8080\n", "PROXY TCP4  192.0.2.1 192.0.2.2 4711 8080\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 4711 8080\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 4711 8080\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 65536 8080\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 -1 8080\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4711 x\r\n", "PROXY UDP4 192.0.2.1 192.0.2.2 4711 8080\r\n",
        "PROXY TCP4\t192.0.2.1 192.0.2.2 4711 8080\r\n", "PROXY \r\n", "PROXY UNKNOWNS\r\n"}) {
    ExpectState(line, State::kMalformed);
  }
}

TEST(ProxyProtocolV1Test, IsAtMost107BytesLong) {
  const std::string start = "PROXY UNKNOWN ";
  ExpectComplete(start + std::string(107 - start.size() - 2, 'x') + "\r\n", "");
  ExpectState(start + std::string(107 - start.size() - 1, 'x') + "\r\n", State::kMalformed);
  ExpectState(start + std::string(100'000, 'x'), State::kMalformed);
}

TEST(ProxyProtocolV2Test, TellsTheSource) {
  ExpectComplete(ProxyV2{.body = Inet()}.Bytes(), "192.0.2.1:4711");
  ExpectComplete(ProxyV2{.family = 0x21, .body = Inet6()}.Bytes(), "[2001:db8::1]:4711");
}

TEST(ProxyProtocolV2Test, SkipsWhatFollowsTheAddresses) {
  ExpectComplete(ProxyV2{.body = Inet() + std::string(300, '\x04')}.Bytes(), "192.0.2.1:4711");
  ExpectComplete(ProxyV2{.family = 0x21, .body = Inet6() + std::string(300, '\r')}.Bytes(),
                 "[2001:db8::1]:4711");
}

TEST(ProxyProtocolV2Test, MaySpeakForItselfOrOfSomethingElse) {
  ExpectComplete(ProxyV2{.command = 0x20, .family = 0x00, .body = ""}.Bytes(), "");
  ExpectComplete(ProxyV2{.command = 0x20, .body = Inet()}.Bytes(), "");
  ExpectComplete(ProxyV2{.command = 0x20, .family = 0xff, .body = "abc"}.Bytes(), "");
  ExpectComplete(ProxyV2{.family = 0x00, .body = ""}.Bytes(), "");
  ExpectComplete(ProxyV2{.family = 0x00, .body = std::string(40, 'x')}.Bytes(), "");
  ExpectComplete(ProxyV2{.family = 0x31, .body = std::string(216, '/')}.Bytes(), "");
  ExpectComplete(ProxyV2{.family = 0x12, .body = Inet()}.Bytes(), "");
}

TEST(ProxyProtocolV2Test, RefusesWhatIsNoHeader) {
  ExpectState(ProxyV2{.command = 0x11, .body = Inet()}.Bytes(), State::kMalformed);
  ExpectState(ProxyV2{.command = 0x22, .body = Inet()}.Bytes(), State::kMalformed);
  ExpectState(ProxyV2{.family = 0x41, .body = Inet()}.Bytes(), State::kMalformed);
  ExpectState(ProxyV2{.family = 0x13, .body = Inet()}.Bytes(), State::kMalformed);
  ExpectState(ProxyV2{.body = Inet().substr(1)}.Bytes(), State::kMalformed);
  ExpectState(ProxyV2{.family = 0x21, .body = Inet()}.Bytes(), State::kMalformed);
  ExpectState(ProxyV2{.family = 0x31, .body = Inet()}.Bytes(), State::kMalformed);
}

TEST(ProxyProtocolV2Test, IsAtMost16KibibytesLong) {
  ExpectComplete(ProxyV2{.body = Inet() + std::string(16 * 1024 - 12, 'x')}.Bytes(), "192.0.2.1:4711");
  ExpectState(ProxyV2{.body = Inet(), .announced = 16 * 1024 + 1}.Bytes(), State::kMalformed);
}

TEST(ProxyProtocolTest, WaitsForTheRest) {
  for (const std::string& header : {std::string("PROXY TCP4 192.0.2.1 192.0.2.2 4711 8080\r\n"),
                                    ProxyV2{.body = Inet() + "tlv"}.Bytes()}) {
    for (size_t size = 0; size < header.size(); ++size) {
      ExpectState(header.substr(0, size), State::kIncomplete);
    }
  }
}

TEST(ProxyProtocolTest, SomethingElseIsLeftToWhoeverIsNext) {
  for (const std::string bytes : {"GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\n", "PROXIED", "\x16\x03\x01",
                                  "\r\n\r\nGET / HTTP/1.1\r\n", "\r\nGET", "PROXY", "P "}) {
    const Outcome outcome = ReadAnyhow(bytes);
    if (bytes == "PROXY") {
      EXPECT_EQ(outcome.state, State::kIncomplete);
      continue;
    }
    EXPECT_EQ(outcome.state, State::kAbsent) << bytes;
    EXPECT_EQ(outcome.taken + outcome.rest, bytes);
    EXPECT_EQ(outcome.taken, "");
  }
}

// Checks what a header says of TLS and whether it is LOCAL, in pieces of any size.
void ExpectWord(const ProxyV2& header, bool client_ssl, bool is_local) {
  const std::string bytes = header.Bytes();
  for (const size_t size : {size_t{1}, size_t{2}, size_t{7}, size_t{13}, bytes.size()}) {
    ProxyHeader read;
    for (size_t begin = 0; begin < bytes.size(); begin += size) read.Feed(bytes.substr(begin, size));
    EXPECT_EQ(read.state(), State::kComplete) << size;
    EXPECT_EQ(read.client_ssl(), client_ssl) << size;
    EXPECT_EQ(read.is_local(), is_local) << size;
  }
}

TEST(ProxyProtocolV2Test, TellsWhetherTheClientCameByTls) {
  const std::string crc = Tlv(0x03, "abcd");
  ExpectWord({.body = Inet()}, false, false);
  ExpectWord({.body = Inet() + SslTlv(1)}, true, false);
  ExpectWord({.body = Inet() + crc + SslTlv(7) + crc}, true, false);
  ExpectWord({.body = Inet() + crc + SslTlv(6)}, false, false);
  ExpectWord({.body = Inet() + Tlv(0x20, "")}, false, false);
  ExpectWord({.family = 0x21, .body = Inet6() + SslTlv(1)}, true, false);
  ExpectWord({.family = 0x31, .body = std::string(216, ' ') + SslTlv(1)}, true, false);
  ExpectWord({.family = 0, .body = SslTlv(1)}, true, false);
  // A TLV inside another TLV, and TLVs that exceed the header, do not count.
  ExpectWord({.body = Inet() + Tlv(0xEE, SslTlv(1))}, false, false);
  ExpectWord({.body = Inet() + SslTlv(1).substr(0, 3)}, false, false);
  ExpectWord({.body = Inet() + std::string("\xEE\xFF\xFF", 3) + SslTlv(1)}, false, false);
}

TEST(ProxyProtocolV2Test, TellsAProxyThatSpeaksForItself) {
  ExpectWord({.command = 0x20, .family = 0}, false, true);
  ExpectWord({.command = 0x20, .body = Inet() + SslTlv(1)}, false, true);
}

TEST(ProxyProtocolV2Test, TellsNothingBeforeItIsWhole) {
  const std::string header = ProxyV2{.body = Inet() + "tlv"}.Bytes();
  for (size_t size = 0; size < header.size(); ++size) {
    const Outcome outcome = ReadAnyhow(header.substr(0, size));
    EXPECT_EQ(outcome.state, State::kIncomplete) << size;
    EXPECT_EQ(outcome.source, "") << size;
  }
}

}  // namespace
}  // namespace drawbridge
