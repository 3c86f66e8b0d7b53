// A link behaves over TLS as without it, and handles what only TLS has.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>

#include "gateway/session/frame.h"
#include "gateway/session/link.h"
#include "gateway/session/send_queue.h"
#include "gateway/session/write_buffer.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/gateway/session/tls_pair.h"
#include "tests/support/certificates.h"

namespace drawbridge {
namespace {

using Status = IoResult::Status;

std::string BytesOf(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 >> 3);
  return bytes;
}

class TlsLinkTest : public ::testing::TestWithParam<int> {
 protected:
  TlsLinkTest() { EXPECT_TRUE(pair_.Handshake()) << pair_.refusal(); }

  Link& link() { return pair_.link(); }
  Status Read() {
    std::array<char, 4096> buffer;
    return link().Read(buffer).status;
  }
  // Writes until the kernel and TLS accept no more. Returns what was accepted.
  std::string WriteUntilStuck() {
    const std::string bytes = BytesOf(1'000'000);
    std::string taken;
    while (true) {
      const IoResult result = link().Write(bytes);
      taken += bytes.substr(0, result.bytes);
      if (result.status != Status::kOk) {
        EXPECT_EQ(result.status, Status::kWouldBlock);
        return taken;
      }
    }
  }

  ManualClock clock_;
  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  TlsContext context_{TlsFiles{.certificate = files_.certificate.path(), .key = files_.key.path()}, &clock_};
  ClientTls client_{ClientTls::Options{.authority = authority_.certificate(), .version = GetParam()}};
  TlsPair pair_{context_, client_, 4096};
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsLinkTest, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& param_info) {
                           return param_info.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(TlsLinkTest, CarriesBothWays) {
  EXPECT_TRUE(link().is_tls());
  EXPECT_TRUE(link().established());
  EXPECT_EQ(Read(), Status::kWouldBlock);
  pair_.ClientSends("ping");
  EXPECT_EQ(pair_.LinkReceives(), "ping");
  EXPECT_EQ(Read(), Status::kWouldBlock);
  EXPECT_EQ(link().Write("pong").bytes, 4u);
  EXPECT_EQ(pair_.ClientReceives(), "pong");
}

TEST_P(TlsLinkTest, ASmallBufferLeavesTheRestPending) {
  pair_.ClientSends("0123456789");
  EXPECT_FALSE(link().has_pending());
  EXPECT_EQ(pair_.LinkReceives(4), "0123");
  EXPECT_TRUE(link().has_pending());
  EXPECT_EQ(pair_.LinkReceives(4), "4567");
  EXPECT_TRUE(link().has_pending());
  EXPECT_EQ(pair_.LinkReceives(4), "89");
  EXPECT_FALSE(link().has_pending());
}

// Otherwise a client could keep a thread busy for ever with half a record.
TEST_P(TlsLinkTest, HalfARecordIsNotPending) {
  pair_.ClientSends("first");
  EXPECT_EQ(pair_.LinkReceives(), "first");
  // The record is captured and forwarded in two halves.
  SocketPair wire;
  ASSERT_EQ(SSL_set_wfd(pair_.client().ssl(), wire.theirs()), 1);
  size_t count = 0;
  ASSERT_EQ(pair_.client().Send("second", &count), ClientTlsStream::Status::kOk);
  std::string record(100, '\0');
  const int ours = wire.TakeOurs();
  record.resize(static_cast<size_t>(::recv(ours, record.data(), record.size(), 0)));
  ::close(ours);
  for (const size_t half : {size_t{3}, record.size() / 2}) {
    pair_.sockets().Send(record.substr(0, half));
    EXPECT_EQ(Read(), Status::kWouldBlock);
    EXPECT_FALSE(link().has_pending());
    record.erase(0, half);
  }
  pair_.sockets().Send(record);
  EXPECT_EQ(pair_.LinkReceives(), "second");
}

// A client that sends faster than it is read must not monopolize the thread.
TEST_P(TlsLinkTest, WhatIsPendingIsReadWithoutTheSocket) {
  const std::string bytes = BytesOf(60'000);
  std::string received;
  pair_.ClientSends(bytes);
  received += pair_.LinkReceives(10);
  ASSERT_TRUE(link().has_pending());
  pair_.ClientSends("and more");
  size_t at_once = 0;
  while (link().has_pending()) at_once += pair_.LinkReceives().size();
  EXPECT_LE(at_once, 4u * 17'000) << "no more than was read before";
  EXPECT_LT(at_once, bytes.size() + 8 - 10);
}

TEST_P(TlsLinkTest, TellsTheEndBehindTheLastBytes) {
  pair_.ClientSends("last words");
  pair_.client().Finish();  // close_notify; the socket stays open
  EXPECT_EQ(pair_.LinkReceives(), "last words");
  EXPECT_TRUE(link().has_pending()) << "no byte of the socket will tell";
  EXPECT_EQ(Read(), Status::kEndOfFile);
  EXPECT_EQ(Read(), Status::kEndOfFile);
}

TEST_P(TlsLinkTest, AnEndThatNobodyAnnouncedIsAnEndToo) {
  pair_.sockets().CloseTheirs();
  EXPECT_EQ(Read(), Status::kEndOfFile);
}

TEST_P(TlsLinkTest, RecordsThatWereTamperedWithBreakIt) {
  for (const std::string& garbage : {std::string("GET / HTTP/1.1\r\n\r\n"),
                                     std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x')}) {
    TlsPair pair(context_, client_);
    ASSERT_TRUE(pair.Handshake());
    pair.ClientSends("good");
    pair.sockets().Send(garbage);
    EXPECT_EQ(pair.LinkReceives(), "good");
    EXPECT_TRUE(pair.link().has_pending());
    std::array<char, 100> buffer;
    EXPECT_EQ(pair.link().Read(buffer).status, Status::kBroken);
    EXPECT_EQ(pair.link().Read(buffer).status, Status::kBroken);
    EXPECT_EQ(ERR_peek_error(), 0u) << "the next stream of the thread would be blamed";
  }
}

TEST_P(TlsLinkTest, ErrorsOfOthersAreNotItsOwn) {
  ERR_raise(ERR_LIB_USER, 1);
  EXPECT_EQ(Read(), Status::kWouldBlock);
  ERR_raise(ERR_LIB_USER, 1);
  EXPECT_EQ(link().Write("fine").status, Status::kOk);
  pair_.ClientSends("fine");
  EXPECT_EQ(pair_.LinkReceives(), "fine");
}

TEST_P(TlsLinkTest, ShutdownSaysGoodbyeAndStillReads) {
  link().Write("bye");
  link().ShutdownWrite();
  EXPECT_EQ(pair_.ClientReceives(), "bye");
  EXPECT_EQ(SSL_get_shutdown(pair_.client().ssl()), SSL_RECEIVED_SHUTDOWN);
  pair_.ClientSends("wait, one more thing");
  EXPECT_EQ(pair_.LinkReceives(), "wait, one more thing");
  EXPECT_EQ(link().Write("x").status, Status::kBroken);
}

TEST_P(TlsLinkTest, CloseSaysGoodbyeAndResetDoesNot) {
  link().Close();
  pair_.ClientReceives();
  EXPECT_EQ(SSL_get_shutdown(pair_.client().ssl()), SSL_RECEIVED_SHUTDOWN);
  TlsPair other(context_, client_);
  ASSERT_TRUE(other.Handshake());
  other.link().Reset();
  other.ClientReceives();
  EXPECT_EQ(SSL_get_shutdown(other.client().ssl()), 0);
}

TEST_P(TlsLinkTest, WhatTheKernelRefusesIsBoundedAndArrivesInOrder) {
  const std::string taken = WriteUntilStuck();
  EXPECT_TRUE(link().has_unsent());
  EXPECT_EQ(link().FlushTls(), Status::kWouldBlock);
  // The socket holds a small part, and TLS a little more than 64 KiB.
  EXPECT_LT(taken.size(), 64u * 1024 + 32 * 1024);
  EXPECT_EQ(link().Write("x").bytes, 0u);
  std::string received;
  for (int i = 0; i < 10'000 && received.size() < taken.size(); ++i) {
    received += pair_.ClientReceives();
    link().FlushTls();
  }
  EXPECT_TRUE(received == taken) << received.size() << " of " << taken.size();
  EXPECT_FALSE(link().has_unsent());
  EXPECT_EQ(link().Write("again").bytes, 5u);
  EXPECT_EQ(pair_.ClientReceives(), "again");
}

TEST_P(TlsLinkTest, ASendQueueDrainsThroughIt) {
  SendQueue queue;
  std::string all;
  for (size_t i = 0; i < 200; ++i) {
    WriteBuffer out;
    AppendFrame(out, Opcode::kBinary, BytesOf(i * 37));
    queue.Append(out.view(), 0);
    all += out.view();
  }
  std::string received;
  for (int i = 0; i < 10'000 && received.size() < all.size(); ++i) {
    if (link().FlushTls() == Status::kOk) queue.WriteTo(link());
    received += pair_.ClientReceives();
  }
  EXPECT_TRUE(received == all) << received.size() << " of " << all.size();
  EXPECT_TRUE(queue.empty());
}

TEST_P(TlsLinkTest, WritingToNobodyIsBrokenWithoutASignal) {
  std::signal(SIGPIPE, SIG_DFL);  // the test's client ignores it
  pair_.sockets().CloseTheirs();
  EXPECT_EQ(link().Write("x").status, Status::kBroken);
}

TEST_P(TlsLinkTest, AResetDuringTheHandshakeIsNoHandshake) {
  TlsPair pair(context_, client_);
  std::string why;
  pair.client().Handshake(&why);
  EXPECT_EQ(pair.link().Handshake(), Status::kWouldBlock);
  pair.sockets().CloseTheirs();
  EXPECT_NE(pair.link().Handshake(), Status::kOk);
  EXPECT_NE(pair.link().Handshake(), Status::kWouldBlock);
}

class Tls13LinkTest : public TlsLinkTest {};
INSTANTIATE_TEST_SUITE_P(Version, Tls13LinkTest, ::testing::Values(TLS1_3_VERSION));

TEST_P(Tls13LinkTest, NewKeysAreTakenAndAnsweredWithNewKeys) {
  SSL* const ssl = pair_.client().ssl();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
    pair_.ClientSends("under new keys");
    EXPECT_EQ(pair_.LinkReceives(), "under new keys");
    link().Write("and back");
    EXPECT_EQ(pair_.ClientReceives(), "and back");
  }
}

// Each request needs an answer, and this client reads no answers.
TEST_P(Tls13LinkTest, AFloodOfNewKeysTakesBoundedMemory) {
  SSL* const ssl = pair_.client().ssl();
  Status status = Status::kWouldBlock;
  for (int i = 0; i < 100'000 && status == Status::kWouldBlock; ++i) {
    ASSERT_EQ(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
    ASSERT_EQ(SSL_do_handshake(ssl), 1);
    status = Read();
  }
  EXPECT_EQ(status, Status::kBroken);
}

class Tls12LinkTest : public TlsLinkTest {};
INSTANTIATE_TEST_SUITE_P(Version, Tls12LinkTest, ::testing::Values(TLS1_2_VERSION));

TEST_P(Tls12LinkTest, RenegotiationIsRefused) {
  SSL* const ssl = pair_.client().ssl();
  ASSERT_EQ(SSL_renegotiate(ssl), 1);
  ASSERT_EQ(SSL_do_handshake(ssl), -1);  // waits for the answer
  EXPECT_EQ(Read(), Status::kWouldBlock);
  EXPECT_EQ(SSL_do_handshake(ssl), -1);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_NO_RENEGOTIATION);
  ERR_clear_error();
}

}  // namespace
}  // namespace drawbridge
