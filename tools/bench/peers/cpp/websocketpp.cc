// An echo server like the echo example of websocketpp: the Asio transport, one send per message, no logging.
// It sets TCP_NODELAY like every server here.
#include <cstdio>
#include <exception>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>

#include "tools/bench/net/endpoint.h"
#include "tools/bench/net/flags.h"

namespace drawbridge::bench {
namespace {

using Server = websocketpp::server<websocketpp::config::asio>;
using Tcp = websocketpp::lib::asio::ip::tcp;

void Listen(Server& server, const sockaddr_in& wanted) {
  server.clear_access_channels(websocketpp::log::alevel::all);
  server.clear_error_channels(websocketpp::log::elevel::all);
  server.init_asio();
  server.set_reuse_addr(true);
  server.set_tcp_pre_bind_handler([](websocketpp::lib::shared_ptr<Tcp::acceptor> acceptor) {
    acceptor->set_option(Tcp::no_delay(true));  // accepted sockets inherit it
    return websocketpp::lib::error_code();
  });
  server.set_message_handler([&server](websocketpp::connection_hdl connection, Server::message_ptr message) {
    websocketpp::lib::error_code error;
    server.send(connection, message->get_payload(), message->get_opcode(), error);
  });
  server.listen(Tcp::endpoint(websocketpp::lib::asio::ip::address_v4(ntohl(wanted.sin_addr.s_addr)),
                              ntohs(wanted.sin_port)));
  server.start_accept();
}

int Main(int argc, char** argv) try {
  Flags flags(argc, argv);
  const sockaddr_in wanted = ParseEndpoint(flags.String("listen", "127.0.0.1:0"));
  flags.RejectUnknown();
  Server server;
  Listen(server, wanted);
  websocketpp::lib::asio::error_code error;
  const Tcp::endpoint endpoint = server.get_local_endpoint(error);
  std::printf("ready ws=%s:%u\n", endpoint.address().to_string().c_str(), endpoint.port());
  std::fflush(stdout);
  server.run();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "websocketpp: %s\n", error.what());
  return 2;
}

}  // namespace
}  // namespace drawbridge::bench

int main(int argc, char** argv) { return drawbridge::bench::Main(argc, argv); }
