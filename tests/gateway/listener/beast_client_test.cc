// A Boost.Beast client, which has its own compression code, against a running gateway, with every result that
// the negotiation of compression can have.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"

namespace drawbridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

class BeastClient {
 public:
  BeastClient(const std::string& address, const websocket::permessage_deflate& option) {
    stream_.set_option(option);
    const auto port = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    stream_.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    websocket::response_type response;
    stream_.handshake(response, "gateway.example", "/");
    const auto extensions = response[beast::http::field::sec_websocket_extensions];
    extensions_ = std::string(extensions.data(), extensions.size());
  }

  const std::string& extensions() const { return extensions_; }

  std::string Echo(std::string_view message) {
    stream_.write(asio::const_buffer(message.data(), message.size()));
    beast::flat_buffer buffer;
    stream_.read(buffer);
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }

 private:
  asio::io_context io_;
  websocket::stream<asio::ip::tcp::socket> stream_{io_};
  std::string extensions_;
};

// Messages that compress well and badly, some similar to the ones before, with sizes around the limits in the
// code.
std::vector<std::string> Messages() {
  std::vector<std::string> messages;
  uint64_t seed = 1;
  for (const size_t size : {0, 1, 100, 126, 1000, 1024, 5000, 5000, 65535, 65536, 100'000}) {
    for (const int letters : {1, 4}) {
      std::string message;
      while (message.size() < size) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        message.append(1 + (seed >> 40) % 5, static_cast<char>('a' + static_cast<int>(seed >> 56) % letters));
      }
      message.resize(size);
      messages.push_back(message);
    }
  }
  return messages;
}

TEST(BeastClientTest, EveryAgreementBringsEveryMessageBack) {
  const SystemClock clock;
  EchoHandler handler;
  const auto messages = Messages();
  for (const bool takeover : {false, true}) {
    for (const int ours : {9, 12, 15}) {
      Gateway gateway({.session = {.deflate = DeflateOptions{.server_window_bits = ours,
                                                             .client_window_bits = ours,
                                                             .server_context_takeover = takeover,
                                                             .client_context_takeover = takeover,
                                                             .min_bytes = 100}}},
                      NodeIdentity::Draw("test-node"), &handler, &clock);
      for (const int theirs : {9, 11, 15}) {
        for (const bool refuses : {false, true}) {
          websocket::permessage_deflate option;
          option.client_enable = true;
          option.client_max_window_bits = theirs;
          option.server_max_window_bits = theirs;
          option.client_no_context_takeover = refuses;
          option.server_no_context_takeover = refuses;
          BeastClient client(gateway.address(), option);
          EXPECT_TRUE(client.extensions().starts_with("permessage-deflate")) << client.extensions();
          for (const std::string& message : messages) {
            ASSERT_TRUE(client.Echo(message) == message)
                << message.size() << " bytes, " << client.extensions();
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace drawbridge
