// A link over TLS and an OpenSSL client at its other end.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_TLS_PAIR_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_TLS_PAIR_H_

#include <array>
#include <string>
#include <string_view>

#include "gateway/session/link.h"
#include "gateway/session/tls_context.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/socket_pair.h"
#include "tests/support/client_tls.h"

namespace drawbridge {

// Not thread-safe.
class TlsPair {
 public:
  // `buffer`: see SocketPair.
  TlsPair(const TlsContext& context, ClientTls& client, int buffer = 0)
      : sockets_(buffer), link_(sockets_.TakeOurs()), client_(client, sockets_.theirs()) {
    link_.StartTls(context);
  }

  Link& link() { return link_; }
  ClientTlsStream& client() { return client_; }
  SocketPair& sockets() { return sockets_; }

  // Runs until both sides have finished or one refuses. Returns true if both have finished. Reads the session
  // tickets.
  bool Handshake() {
    using Client = ClientTlsStream::Status;
    using Server = IoResult::Status;
    Client client = Client::kWantRead;
    Server server = Server::kWouldBlock;
    for (int i = 0; i < 20 && (client != Client::kOk || server != Server::kOk); ++i) {
      if (client != Client::kOk) client = client_.Handshake(&refusal_);
      if (server != Server::kOk) server = link_.Handshake();
      if (client == Client::kBroken || server == Server::kBroken || server == Server::kEndOfFile) break;
    }
    // With TLS 1.3, the client learns of a refusal only after it has finished its own handshake.
    if (server != Server::kOk && client != Client::kBroken) client_.Handshake(&refusal_);
    char none;
    size_t count = 0;
    if (client == Client::kOk) client_.Receive({&none, 1}, &count);
    return client == Client::kOk && server == Server::kOk;
  }
  // The error of the client.
  const std::string& refusal() const { return refusal_; }

  void ClientSends(std::string_view bytes) {
    while (!bytes.empty()) {
      size_t count = 0;
      ASSERT_EQ(client_.Send(bytes, &count), ClientTlsStream::Status::kOk);
      bytes.remove_prefix(count);
    }
  }
  // What has arrived at the client.
  std::string ClientReceives() {
    std::string received;
    std::array<char, 20'000> piece;
    size_t count = 0;
    while (client_.Receive(piece, &count) == ClientTlsStream::Status::kOk)
      received.append(piece.data(), count);
    return received;
  }
  // Returns the result of one Read.
  std::string LinkReceives(size_t limit = 64 * 1024) {
    std::string buffer(limit, '\0');
    const IoResult result = link_.Read(buffer);
    return buffer.substr(0, result.status == IoResult::Status::kOk ? result.bytes : 0);
  }

 private:
  SocketPair sockets_;
  Link link_;
  ClientTlsStream client_;
  std::string refusal_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_TLS_PAIR_H_
