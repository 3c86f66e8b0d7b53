// The load generator's side of TLS against OpenSSL's other side: whole bytes both ways, and ends and faults
// told apart, since a generator that takes one for the other measures nothing.
#include <openssl/pem.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "tests/gateway/session/socket_pair.h"
#include "tests/support/certificates.h"
#include "tools/bench/load/tls.h"

namespace drawbridge::bench {
namespace {

class TlsTest : public ::testing::Test {
 protected:
  void TearDown() override { ::close(fd_); }

  // A server of these versions of TLS.
  void Serve(int least = TLS1_2_VERSION, int most = TLS1_3_VERSION) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_min_proto_version(context_.get(), least);
    SSL_CTX_set_max_proto_version(context_.get(), most);
    ASSERT_EQ(
        SSL_CTX_use_certificate_file(context_.get(), files_.certificate.path().c_str(), SSL_FILETYPE_PEM), 1);
    ASSERT_EQ(SSL_CTX_use_PrivateKey_file(context_.get(), files_.key.path().c_str(), SSL_FILETYPE_PEM), 1);
    server_.reset(SSL_new(context_.get()));
    SSL_set_fd(server_.get(), sockets_.theirs());
    SSL_set_accept_state(server_.get());
  }

  // Each side does what it can, in turns, until the handshake is done.
  void Shake() {
    std::array<char, 1> none;
    for (int turn = 0; turn < 10 && SSL_is_init_finished(server_.get()) == 0; ++turn) {
      EXPECT_EQ(socket_.Receive(none), -1);
      EXPECT_EQ(errno, EAGAIN);
      SSL_do_handshake(server_.get());
    }
    ASSERT_EQ(SSL_is_init_finished(server_.get()), 1);
  }

  void ServerSends(std::string_view bytes) {
    size_t sent = 0;
    ASSERT_EQ(SSL_write_ex(server_.get(), bytes.data(), bytes.size(), &sent), 1);
    ASSERT_EQ(sent, bytes.size());
  }
  std::string ServerReceives() {
    std::string received;
    std::array<char, 4096> buffer;
    size_t count = 0;
    while (SSL_read_ex(server_.get(), buffer.data(), buffer.size(), &count) == 1)
      received.append(buffer.data(), count);
    return received;
  }
  std::string Receives(size_t most) {
    std::string buffer(most, '\0');
    const ssize_t count = socket_.Receive(buffer);
    EXPECT_GT(count, 0);
    buffer.resize(count > 0 ? static_cast<size_t>(count) : 0);
    return buffer;
  }

  const CredentialFiles files_{TestAuthority().Issue("gateway.example")};
  SocketPair sockets_;
  const int fd_ = sockets_.TakeOurs();
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> server_{nullptr, &SSL_free};
  TlsSocket socket_{fd_};
};

TEST_F(TlsTest, BytesComeWholeBothWays) {
  Serve();
  Shake();
  EXPECT_EQ(socket_.Send("from the client"), 15);
  EXPECT_EQ(ServerReceives(), "from the client");
  ServerSends("from the server");
  EXPECT_EQ(Receives(100), "from the server");
}

TEST_F(TlsTest, SpeaksOneVersionAndOneCipher) {
  Serve();
  Shake();
  EXPECT_STREQ(SSL_get_version(server_.get()), "TLSv1.3");
  EXPECT_STREQ(SSL_get_cipher_name(server_.get()), "TLS_AES_128_GCM_SHA256");
}

TEST_F(TlsTest, AServerOfAnOlderVersionIsAFault) {
  Serve(TLS1_2_VERSION, TLS1_2_VERSION);
  std::array<char, 1> none;
  EXPECT_EQ(socket_.Receive(none), -1);
  SSL_do_handshake(server_.get());
  EXPECT_THROW(socket_.Receive(none), std::runtime_error);
}

// Waiting for the server, it must not ask to be told when it can write: it can, all the time.
TEST_F(TlsTest, WhileItWaitsForTheServerItDoesNotWantToWrite) {
  Serve();
  EXPECT_EQ(socket_.Send("too early"), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_FALSE(socket_.wants_write());
  Shake();
  EXPECT_EQ(socket_.Send("in time"), 7);
  EXPECT_EQ(ServerReceives(), "in time");
}

TEST_F(TlsTest, WhatTheKernelDoesNotTakeIsSentLater) {
  Serve();
  Shake();
  std::string bytes(8 << 20, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 131 >> 7);
  std::string_view rest = bytes;
  std::string received;
  int refused = 0;
  while (!rest.empty()) {
    const ssize_t sent = socket_.Send(rest);
    if (sent > 0) {
      rest.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    ASSERT_EQ(errno, EAGAIN);
    EXPECT_TRUE(socket_.wants_write());
    ++refused;
    received += ServerReceives();
  }
  EXPECT_GT(refused, 0);
  EXPECT_TRUE(received + ServerReceives() == bytes) << "the same bytes";
  EXPECT_FALSE(socket_.wants_write());
}

TEST_F(TlsTest, WhatIsReadAheadIsPending) {
  Serve();
  Shake();
  ServerSends("first");
  ServerSends("second");
  EXPECT_EQ(Receives(3), "fir");
  EXPECT_TRUE(socket_.has_pending());
  EXPECT_EQ(Receives(100), "st");
  EXPECT_TRUE(socket_.has_pending()) << "another record, which the socket no longer has";
  EXPECT_EQ(Receives(100), "second");
  EXPECT_FALSE(socket_.has_pending());
}

TEST_F(TlsTest, AnEndThatWasAnnouncedIsAnEnd) {
  Serve();
  Shake();
  ServerSends("last words");
  SSL_shutdown(server_.get());
  EXPECT_EQ(Receives(100), "last words");
  std::array<char, 1> none;
  EXPECT_EQ(socket_.Receive(none), 0);
}

TEST_F(TlsTest, AnEndThatWasNotIsAFault) {
  Serve();
  Shake();
  sockets_.CloseTheirs();
  std::array<char, 1> none;
  EXPECT_THROW(socket_.Receive(none), std::runtime_error);
}

TEST_F(TlsTest, WhatIsNoTlsIsAFault) {
  std::array<char, 100> buffer;
  EXPECT_EQ(socket_.Receive(buffer), -1);
  sockets_.Send("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_THROW(socket_.Receive(buffer), std::runtime_error);
}

}  // namespace
}  // namespace drawbridge::bench
