// A gateway with TLS: a valid client gets the same results as without TLS.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/connection.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/client_tls.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

std::string TextOf(size_t size) {
  std::string text;
  while (text.size() + 10 <= size) text += "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\x89";
  return text.append(size - text.size(), '.');
}

class GatewayTlsTest : public ::testing::Test {
 protected:
  GatewayOptions Options() const {
    return {.io_threads = 2,
            .session = {.send_queue_bytes = 64 << 20, .ping_interval = std::chrono::seconds(0)},
            .tls = {.certificate = files_.certificate.path(), .key = files_.key.path()}};
  }
  void Start(const GatewayOptions& options) {
    gateway_ = std::make_unique<Gateway>(options, NodeIdentity::Draw("test-node"), &handler_, &clock_);
  }
  void Start() { Start(Options()); }

  Client Open(Client::Options options = {}) {
    options.tls = &tls_;
    return Client::Open(gateway_->address(), options);
  }
  std::shared_ptr<Connection> Find(const Client& client) { return gateway_->registry().Find(client.id()); }

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  ClientTls tls_{ClientTls::Options{.authority = authority_.certificate(), .resume = true}};
  SystemClock clock_;
  EchoHandler handler_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(GatewayTlsTest, EchoesEverySize) {
  Start();
  Client client = Open();
  for (const size_t size : {0, 1, 125, 126, 16375, 16384, 16385, 65535, 65536, 65537, 200'000, 1 << 20})
    client.Echo(TextOf(size));
  EXPECT_TRUE(Find(client)->info().tls);
  EXPECT_EQ(Find(client)->info().principal, "");
}

TEST_F(GatewayTlsTest, EchoesWhatComesByteByByteAndAllAtOnce) {
  Start();
  Client client = Open();
  const std::string text = TextOf(200);
  for (const char byte : Encode({.payload = text})) client.Send({&byte, 1});
  EXPECT_EQ(client.ReadFrame().payload, text);
  std::string packet;
  for (int i = 0; i < 5000; ++i) packet += Encode({.payload = std::to_string(i)});
  client.Send(packet);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(client.ReadFrame().payload, std::to_string(i));
}

// The messages are in the same TLS records as the request and are larger than one read. The socket does not
// become readable for the bytes that OpenSSL has already decrypted.
TEST_F(GatewayTlsTest, MessagesRightBehindTheRequestAreEchoed) {
  Start();
  Client client = Client::Dial(gateway_->address(), {.tls = &tls_});
  std::string first = client.UpgradeRequest();
  for (int i = 0; i < 50; ++i) first += Encode({.payload = TextOf(3000)});
  client.Send(first);
  ASSERT_EQ(client.ReadResponse().status, 101);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.ReadFrame().payload, TextOf(3000));
  client.Echo("and on");
}

// At some sizes near the kernel's buffer, the end of a message is only in the TLS layer and nothing is in the
// send queue.
TEST_F(GatewayTlsTest, AClientThatReadsLateGetsTheEndToo) {
  GatewayOptions options = Options();
  options.io_threads = 1;
  options.session.max_message_bytes = 32 << 20;
  Start(options);
  Client witness = Open();
  const auto send = [&](size_t size) {
    Client client = Open({.receive_buffer = 4096});
    client.SendText(std::string(size, 'x'));
    const auto connection = Find(client);
    EXPECT_TRUE(WaitUntil([&] { return connection->traffic().sent_messages.Get() == 1; }));
    witness.Echo("its wake-up is over");
    return client;
  };
  constexpr size_t kTooMuch = 16 << 20;
  const Client probe = send(kTooMuch);
  ASSERT_TRUE(WaitUntil([&] { return Find(probe)->traffic().send_queue_messages.Get() == 1; }));
  const size_t held = kTooMuch - Find(probe)->traffic().send_queue_bytes.Get();
  constexpr size_t kStep = 20'000;
  for (size_t size = held - std::min(held, 8 * kStep); size < held + 4 * kStep; size += kStep) {
    Client client = send(size);
    EXPECT_EQ(client.ReadFrame().payload.size(), size);
  }
}

TEST_F(GatewayTlsTest, ManyMessagesAreStuckAndThenArriveInOrder) {
  Start();
  Client client = Open(SmallBuffers());
  const auto connection = Find(client);
  Flood flood(client, 5000);
  ASSERT_TRUE(PushUntil(flood, [&] { return connection->traffic().send_queue_bytes.Get() > 1'000'000; }));
  flood.FinishMessage();
  client.SendText("last");
  for (size_t i = 0; i < flood.messages(); ++i) ASSERT_EQ(client.ReadFrame().payload.size(), 5000u);
  EXPECT_EQ(client.ReadFrame().payload, "last");
  EXPECT_EQ(connection->traffic().send_queue_bytes.Get(), 0u);
}

TEST_F(GatewayTlsTest, DropPendingLetsTheCloseFrameOvertake) {
  Start();
  Client client = Open(SmallBuffers());
  const auto connection = Find(client);
  Flood flood(client, 16 * 1024);
  ASSERT_TRUE(PushUntil(flood, [&] { return connection->traffic().send_queue_messages.Get() > 20; }));
  flood.FinishMessage();
  ASSERT_TRUE(WaitUntil([&] { return connection->traffic().received_messages.Get() == flood.messages(); }));
  CloseRequest request(CloseCause::kInterrupted);
  request.grace = kPatience;
  request.drop_pending = true;
  connection->Interrupt(request);
  ASSERT_TRUE(WaitUntil([&] { return connection->traffic().send_queue_messages.Get() <= 1; }));
  size_t echoes = 0;
  ServerFrame frame = client.ReadFrame();
  for (; frame.opcode == kOpText; frame = client.ReadFrame()) ++echoes;
  EXPECT_EQ(frame.code(), request.code);
  client.SendClose(frame.code());
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile) << "close_notify included";
  ASSERT_TRUE(WaitUntil([&] { return connection->close_result().has_value(); }));
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kClean);
  EXPECT_EQ(echoes + connection->close_result()->dropped_messages, flood.messages());
}

TEST_F(GatewayTlsTest, TheClosingHandshakeEndsWithCloseNotify) {
  Start();
  Client client = Open();
  client.SendClose(4000, "bye");
  EXPECT_EQ(client.ReadClose().code(), 4000);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);

  Client faulty = Open();
  faulty.SendFrame({.opcode = 3});
  EXPECT_EQ(faulty.ReadClose().code(), 1002);
  EXPECT_EQ(faulty.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST_F(GatewayTlsTest, CloseNotifyAloneIsTheEnd) {
  Start();
  Client client = Open();
  const auto connection = Find(client);
  client.SendText("last words");
  SSL_shutdown(client.ssl());  // the socket stays open
  ASSERT_TRUE(WaitUntil([&] { return connection->close_result().has_value(); }));
  EXPECT_EQ(connection->close_request()->cause, CloseCause::kDisconnected);
  EXPECT_EQ(connection->traffic().received_messages.Get(), 1u);
}

TEST_F(GatewayTlsTest, WhoComesBackResumes) {
  Start();
  Open().Echo("first");
  Client again = Open();
  again.Echo("second");
  EXPECT_EQ(SSL_session_reused(again.ssl()), 1);
}

TEST_F(GatewayTlsTest, RefusalsAreReadToTheEnd) {
  GatewayOptions options = Options();
  options.max_connections = 1;
  Start(options);
  Client first = Open();
  Client second = Client::Dial(gateway_->address(), {.tls = &tls_});
  EXPECT_EQ(second.Upgrade().status, 503);
  EXPECT_EQ(second.ReadEnd(), Client::Ending::kEndOfFile);
  first.Echo("still here");
}

TEST_F(GatewayTlsTest, AProxysWordComesBeforeTls) {
  GatewayOptions options = Options();
  options.trusted_proxies = *TrustedProxies::Parse("127.0.0.1");
  Start(options);
  const std::string preface = "PROXY TCP4 192.0.2.1 192.0.2.2 4711 8443\r\n";
  Client behind = Open({.preface = preface});
  behind.Echo("hello");
  EXPECT_EQ(Find(behind)->info().remote_address, "192.0.2.1:4711");
  EXPECT_TRUE(Find(behind)->info().tls);
  Client direct = Open();
  direct.Echo("hello");
  EXPECT_EQ(Find(direct)->info().remote_address, direct.local_address());
}

TEST_F(GatewayTlsTest, TheSubjectOfACertificateIsThePrincipal) {
  TestAuthority people("People");
  const TemporaryFile client_ca("people.pem", people.certificate());
  GatewayOptions options = Options();
  options.tls.client_ca = client_ca.path();
  options.tls.client_auth = TlsClientAuth::kOptional;
  Start(options);
  ClientTls alice({.own = people.Issue({{"O", "Most"}, {"CN", "alice"}})});
  const Client known = Client::Open(gateway_->address(), {.tls = &alice});
  EXPECT_EQ(Find(known)->info().principal, "CN=alice,O=Most");
  const Client unknown = Open();
  EXPECT_EQ(Find(unknown)->info().principal, "");
  TestAuthority strangers("Strangers");
  ClientTls mallory({.own = strangers.Issue("alice")});
  EXPECT_THROW(Client::Open(gateway_->address(), {.tls = &mallory}), std::runtime_error);
}

TEST_F(GatewayTlsTest, ClientsComeAndGoWhileCertificatesAreReloaded) {
  Start();
  std::atomic<bool> done = false;
  std::thread reloader([&] {
    while (!done) gateway_->ReloadTls();
  });
  std::vector<std::thread> clients;
  clients.reserve(3);
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&, i] {
      ClientTls tls({.authority = authority_.certificate(), .resume = i % 2 == 0});
      for (int j = 0; j < 15; ++j) {
        Client client = Client::Open(gateway_->address(), {.tls = &tls});
        client.Echo(TextOf(20'000));
        if (j % 3 == 0) {
          client.SendClose(1000);
          client.DrainToEnd();
        } else if (j % 3 == 1) {
          client.Reset();
        } else {
          gateway_->registry().Find(client.id())->Interrupt(CloseRequest(CloseCause::kInterrupted));
          client.ReadCloseAndAnswer();
          client.DrainToEnd();
        }
      }
    });
  }
  for (std::thread& thread : clients) thread.join();
  done = true;
  reloader.join();
  EXPECT_TRUE(WaitUntil([&] { return gateway_->registry().size() == 0; }));
}

TEST_F(GatewayTlsTest, EndsWithClientsStillThere) {
  Start();
  std::vector<Client> clients;
  clients.reserve(10);
  for (int i = 0; i < 10; ++i) clients.push_back(Open());
  Client half = Client::Dial(gateway_->address());
  gateway_.reset();
  for (Client& client : clients) client.DrainToEnd();
}

}  // namespace
}  // namespace drawbridge
