// Hostile clients before, during and after the TLS handshake.
#include <gtest/gtest.h>
#include <openssl/bio.h>

#include <chrono>
#include <string>
#include <vector>

#include "gateway/connections/close.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/client_tls.h"
#include "tests/support/flood.h"
#include "tests/support/frame_codec.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

constexpr size_t kQueueBytes = 64 * 1024;
constexpr size_t kMessageBytes = 16 * 1024;

class HostileTlsTest : public ::testing::Test {
 protected:
  Client Open(Client::Options options = {}) {
    options.tls = &tls_;
    return running_.Open(options);
  }
  // Connects without TLS.
  Client Dial() { return running_.Dial(); }

  // The first message of a TLS handshake.
  std::string ClientHello() {
    const auto ssl = tls_.NewSsl();
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
    SSL_do_handshake(ssl.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    return {bytes, static_cast<size_t>(size)};
  }

  // The client reads nothing. Fills its send queue beyond the bound.
  std::shared_ptr<Connection> Clog(Client& client) {
    auto connection = running_.Find(client);
    Flood flood(client, kMessageBytes);
    EXPECT_TRUE(PushUntil(flood, [&] { return connection->traffic().send_queue_bytes.Get() > kQueueBytes; }));
    while (flood.Push()) {
    }
    return connection;
  }

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  ClientTls tls_{ClientTls::Options{.authority = authority_.certificate()}};
  RunningGateway running_{{.max_connections = 100,
                           .handshake_timeout = seconds(10),
                           .session = {.send_queue_bytes = kQueueBytes, .ping_interval = seconds(0)},
                           .tls = {.certificate = files_.certificate.path(), .key = files_.key.path()}}};
};

TEST_F(HostileTlsTest, WhatIsNoTlsIsCutAtOnce) {
  const std::string hello = ClientHello();
  for (const std::string& bytes :
       {Dial().UpgradeRequest(), std::string("PROXY TCP4 192.0.2.1 192.0.2.2 4711 8443\r\n"),
        std::string(100, '\0'), std::string("\x16\x03\x01\xff\xff", 5) + std::string(100, 'x'),
        std::string("\x17\x03\x03\x00\x10", 5) + std::string(16, 'x'),  // application data first
        std::string("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10", 11) + std::string(37, 'x'),  // SSL 2
        hello.substr(0, 60) + std::string(hello.size() - 60, '\xff')}) {
    Client client = Dial();
    client.Send(bytes);
    client.DrainToEnd();
  }
  EXPECT_EQ(running_.connections(), 0u);
  Open().Echo("still here");
}

TEST_F(HostileTlsTest, AHandshakeByteByByteIsCutWhenTheTimeIsUp) {
  Client witness = Open();
  Client slow = Dial();
  const std::string hello = ClientHello();
  for (const char byte : hello.substr(0, hello.size() - 1)) {
    slow.Send({&byte, 1});
    witness.Echo("nobody else waits");
    running_.Advance(std::chrono::nanoseconds(seconds(9)) / hello.size());
  }
  running_.Advance(seconds(2));
  EXPECT_EQ(slow.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST_F(HostileTlsTest, AHandshakeThatIsNeverFinishedIsCutWhenTheTimeIsUp) {
  Client witness = Open();
  Client silent = Dial();
  Client half = Dial();
  half.Send(ClientHello());
  half.WaitReadable();  // the server's answer, after which this client sends nothing
  RunningGateway::LetItLook(witness);
  running_.Advance(seconds(11));
  EXPECT_EQ(silent.ReadEnd(), Client::Ending::kEndOfFile);
  half.DrainToEnd();
}

TEST_F(HostileTlsTest, ARequestThatTakesTooLongIsAnsweredWith408) {
  Client witness = Open();
  Client slow = running_.Dial({.tls = &tls_});
  slow.Send("GET / HTTP/1.1\r\n");
  RunningGateway::LetItLook(witness);
  running_.Advance(seconds(11));
  EXPECT_EQ(slow.ReadResponse().status, 408);
  EXPECT_EQ(slow.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST_F(HostileTlsTest, AResetAtEveryByteOfTheHandshakeLeavesNothingBehind) {
  Client witness = Open();
  const std::string hello = ClientHello();
  for (size_t size = 0; size <= hello.size(); ++size) {
    Client client = Dial();
    client.Send(hello.substr(0, size));
    if (size % 16 == 0) witness.Echo("now it was looked at");
    client.Reset();
  }
  for (int i = 0; i < 20; ++i) {
    Client client = running_.Dial({.tls = &tls_});
    if (i % 2 == 0) client.Send(client.UpgradeRequest());
    client.Reset();
  }
  EXPECT_TRUE(WaitUntil([&] { return running_.connections() == 1; }));
  witness.Echo("still here");
}

// The gateway has one I/O thread, so a client that blocks it blocks all.
TEST_F(HostileTlsTest, HalfARecordKeepsNobodyWaiting) {
  const std::string hello = ClientHello();
  for (const size_t size : {size_t{3}, hello.size() / 2}) {
    Client half = Dial();
    half.Send(hello.substr(0, size));
    Client client = Open();
    ASSERT_EQ(::send(SSL_get_fd(client.ssl()), "\x17\x03\x03\x40\x00half", 9, 0), 9);
    Open().Echo("nobody waits");
  }
}

TEST_F(HostileTlsTest, ARecordThatWasTamperedWithEndsTheConnection) {
  Client client = Open();
  const auto connection = running_.Find(client);
  const std::string record = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
  ASSERT_EQ(::send(SSL_get_fd(client.ssl()), record.data(), record.size(), 0),
            static_cast<ssize_t>(record.size()));
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kReset);
}

TEST_F(HostileTlsTest, AnEndInsideARecordEndsTheConnection) {
  Client client = Open();
  const auto connection = running_.Find(client);
  ASSERT_EQ(::send(SSL_get_fd(client.ssl()), "\x17\x03\x03\x40\x00half", 9, 0), 9);
  client.Close();
  EXPECT_TRUE(RunningGateway::WaitForEnd(connection).has_value());
}

TEST_F(HostileTlsTest, AClientThatNeverReadsTakesBoundedMemoryAndIsTooSlow) {
  Client witness = Open();
  Client client = Open(SmallBuffers());
  const auto connection = Clog(client);
  EXPECT_LT(connection->traffic().send_queue_bytes.Get(), kQueueBytes + 2 * 64 * 1024);
  RunningGateway::LetItLook(witness);
  running_.Advance(seconds(11));
  ASSERT_TRUE(WaitUntil([&] { return connection->close_request().has_value(); }));
  EXPECT_EQ(connection->close_request()->cause, CloseCause::kTooSlow);
  running_.Advance(seconds(60));  // beyond the grace
  ASSERT_TRUE(RunningGateway::WaitForEnd(connection).has_value());
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kTimeout);
  EXPECT_EQ(connection->close_result()->sent_code, 0) << "it never left the gateway";
}

TEST_F(HostileTlsTest, AnInterruptOfAClientThatNeverReadsEndsWithItsGrace) {
  for (const bool drop_pending : {false, true}) {
    Client client = Open(SmallBuffers());
    const auto connection = Clog(client);
    CloseRequest request(CloseCause::kInterrupted);
    request.grace = seconds(3);
    request.drop_pending = drop_pending;
    connection->Interrupt(request);
    Open().Echo("one who looks");
    EXPECT_FALSE(connection->close_result().has_value());
    running_.Advance(seconds(4));
    ASSERT_TRUE(RunningGateway::WaitForEnd(connection).has_value());
    EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kTimeout);
    EXPECT_GT(connection->close_result()->dropped_messages, 0u);
  }
}

TEST_F(HostileTlsTest, AnAbortOfAClientThatNeverReadsIsAReset) {
  Client client = Open(SmallBuffers());
  const auto connection = Clog(client);
  CloseRequest request(CloseCause::kInterrupted);
  request.abort = true;
  connection->Interrupt(request);
  ASSERT_TRUE(RunningGateway::WaitForEnd(connection).has_value());
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kAborted);
  EXPECT_EQ(client.DrainToEnd(), Client::Ending::kReset);
}

TEST_F(HostileTlsTest, ConnectionsThatEndMidHandshakeGiveTheirPlacesBack) {
  for (int round = 0; round < 3; ++round) {
    std::vector<Client> halves;
    for (int i = 0; i < 100; ++i) {
      halves.push_back(Dial());
      halves.back().Send(ClientHello());
    }
    halves.clear();
  }
  EXPECT_TRUE(WaitUntil([&] {
    try {
      Open().Echo("there is room");
      return true;
    } catch (const std::exception&) {
      return false;  // 503: the gateway is still full
    }
  }));
}

}  // namespace
}  // namespace drawbridge
