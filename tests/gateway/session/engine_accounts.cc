#include "tests/gateway/session/engine_accounts.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/beast/zlib/error.hpp>
#include <cstddef>
#include <string_view>

#include "gateway/base/utf8.h"
#include "gateway/connections/close.h"
#include "gateway/session/frame.h"
#include "tests/gateway/session/engine_events.h"

namespace drawbridge {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

std::string Line(const std::string& word, std::string_view payload) {
  return std::string(word).append(" ").append(payload);
}

std::string CloseLine(unsigned code, std::string_view reason) {
  return Line("closed " + std::to_string(code), reason);
}

// ---------------------------------------------------------------------------------------------- Engine

std::string EndOf(const SeenEvent& event) {
  if (event.kind == SeenEvent::Kind::kClose) return CloseLine(event.code, event.payload);
  // Beast answers an invalid reason with 1002, like an invalid code. Section 8.1 requires 1007.
  if (event.explanation == "close reason is not UTF-8") return "bad close frame";
  if (event.explanation == "close frame of one byte") return "bad close frame";
  if (event.explanation == "forbidden close code") return "bad close frame";
  return std::string(Describe(event.cause).word);
}

// ---------------------------------------------------------------------------------------------- Beast

http::request<http::string_body> UpgradeRequest() {
  http::request<http::string_body> request(http::verb::get, "/", 11);
  request.set(http::field::host, "test");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::connection, "upgrade");
  request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_extensions, "permessage-deflate");
  return request;
}

std::string EndOf(const beast::error_code& error, const websocket::close_reason& reason) {
  if (error == websocket::error::closed) {
    const unsigned code = reason.code == websocket::close_code::none ? kNoStatusReceived : reason.code;
    return CloseLine(code, {reason.reason.data(), reason.reason.size()});
  }
  if (error == websocket::error::message_too_big) return "too_big";
  if (error == websocket::error::bad_frame_payload) return "invalid_utf8";
  if (error == websocket::error::bad_close_code || error == websocket::error::bad_close_size ||
      error == websocket::error::bad_close_payload)
    return "bad close frame";
  if (error == websocket::condition::protocol_violation) return "protocol_error";
  if (error == beast::zlib::error::end_of_stream) return "final block";
  if (error.category() == beast::zlib::make_error_code(beast::zlib::error::general).category())
    return "invalid_deflate";
  return "cut off";
}

// A Beast server in memory, whose client has sent all of `bytes` and ended the connection.
class BeastServer {
 public:
  BeastServer(const std::string& bytes, size_t chunk, const std::optional<DeflateAgreement>& deflate) {
    stream_.next_layer().connect(client_);
    stream_.read_message_max(kAccountLimit);
    if (deflate.has_value()) {
      websocket::permessage_deflate option;
      option.server_enable = true;
      option.client_no_context_takeover = !deflate->client_context_takeover;
      stream_.set_option(option);
    }
    stream_.accept(UpgradeRequest());
    client_.clear();
    stream_.next_layer().read_size(chunk);
    stream_.next_layer().append(beast::string_view(bytes.data(), bytes.size()));
    client_.close();
    stream_.control_callback([this](websocket::frame_type type, beast::string_view payload) {
      if (type == websocket::frame_type::ping)
        account_.push_back(Line("ping", {payload.data(), payload.size()}));
      if (type == websocket::frame_type::pong)
        account_.push_back(Line("pong", {payload.data(), payload.size()}));
    });
  }

  Account Run() {
    beast::error_code error;
    while (true) {
      const std::string message = Read(error);
      if (error) break;
      account_.push_back(Line(stream_.got_text() ? "text" : "binary", message));
    }
    account_.push_back(EndOf(error, stream_.reason()));
    return account_;
  }

 private:
  // Reads in pieces, since Beast would allocate the announced size of a compressed message at once.
  std::string Read(beast::error_code& error) {
    std::string message;
    do {
      std::array<char, 4096> piece;
      const size_t size = stream_.read_some(boost::asio::buffer(piece), error);
      message.append(piece.data(), size);
    } while (!error && !stream_.is_message_done());
    return message;
  }

  boost::asio::io_context io_;
  websocket::stream<beast::test::stream> stream_{io_};
  beast::test::stream client_{io_};
  Account account_;
};

}  // namespace

Account OfEngine(const std::string& bytes, size_t chunk, const std::optional<DeflateAgreement>& deflate) {
  Account account;
  const auto events = EventsOf(
      bytes, kAccountLimit, [chunk] { return chunk; }, deflate);
  for (const SeenEvent& event : events) {
    switch (event.kind) {
      case SeenEvent::Kind::kMessage:
        account.push_back(Line(event.opcode == Opcode::kText ? "text" : "binary", event.payload));
        break;
      case SeenEvent::Kind::kPing:
        account.push_back(Line("ping", event.payload));
        break;
      case SeenEvent::Kind::kPong:
        account.push_back(Line("pong", event.payload));
        break;
      default:
        account.push_back(EndOf(event));
        return account;
    }
  }
  account.emplace_back("cut off");
  return account;
}

Account OfBeast(const std::string& bytes, size_t chunk, const std::optional<DeflateAgreement>& deflate) {
  return BeastServer(bytes, chunk, deflate).Run();
}

bool IsKnownDifference(const std::string& engine, const std::string& beast, const std::string& bytes,
                       const std::optional<DeflateAgreement>& deflate) {
  constexpr std::string_view kClosed = "closed ";
  if (beast.starts_with(kClosed)) {
    return std::stoi(beast.substr(kClosed.size())) >= 5000 && engine == "bad close frame";
  }
  if (engine.starts_with("closed 1014 ")) return beast == "bad close frame";
  if (engine == "invalid_utf8") return beast.starts_with("text ") && !IsUtf8(beast.substr(5));
  return engine == "protocol_error" && (beast == "too_big" || (deflate.has_value() && beast == "cut off")) &&
         EventsOf(bytes, kAccountLimit, deflate).back().explanation == "length over 63 bits";
}

}  // namespace drawbridge
