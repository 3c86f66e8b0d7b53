// An echo server like the minimal echo server of libwebsockets: a message is queued when it is complete, and
// one message is written each time the library reports that the socket is writable.
#include <libwebsockets.h>

#include <cstdio>
#include <deque>
#include <exception>
#include <memory>
#include <string>

#include "tools/bench/net/endpoint.h"
#include "tools/bench/net/flags.h"

namespace drawbridge::bench {
namespace {

constexpr size_t kReceiveBuffer = 32 << 10;  // a message of 16 KiB is received in one call

struct Message {
  std::string bytes;  // starts with LWS_PRE bytes for the header
  bool binary;
};

struct Session {
  std::string incoming;
  std::deque<Message> outgoing;
};

void Receive(lws* connection, std::unique_ptr<Session>& session, const char* data, size_t size) {
  if (session == nullptr) session = std::make_unique<Session>();
  if (session->incoming.empty()) session->incoming.assign(LWS_PRE, '\0');
  session->incoming.append(data, size);
  if (lws_remaining_packet_payload(connection) != 0 || lws_is_final_fragment(connection) == 0) return;
  session->outgoing.push_back({std::move(session->incoming), lws_frame_is_binary(connection) != 0});
  session->incoming.clear();
  lws_callback_on_writable(connection);
}

bool WriteOne(lws* connection, std::unique_ptr<Session>& session) {
  if (session == nullptr || session->outgoing.empty()) return true;
  Message& message = session->outgoing.front();
  const size_t size = message.bytes.size() - LWS_PRE;
  auto* payload = reinterpret_cast<unsigned char*>(message.bytes.data()) + LWS_PRE;
  const int written =
      lws_write(connection, payload, size, message.binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
  session->outgoing.pop_front();
  if (session->outgoing.empty()) {
    session = nullptr;
  } else {
    lws_callback_on_writable(connection);
  }
  return written >= static_cast<int>(size);
}

int OnEvent(lws* connection, lws_callback_reasons reason, void* user, void* data, size_t size) {
  auto* session = static_cast<std::unique_ptr<Session>*>(user);
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      new (session) std::unique_ptr<Session>;
      return 0;
    case LWS_CALLBACK_RECEIVE:
      Receive(connection, *session, static_cast<const char*>(data), size);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return WriteOne(connection, *session) ? 0 : -1;
    case LWS_CALLBACK_CLOSED:
      session->~unique_ptr();
      return 0;
    default:
      return 0;
  }
}

int Main(int argc, char** argv) try {
  Flags flags(argc, argv);
  const sockaddr_in wanted = ParseEndpoint(flags.String("listen", "127.0.0.1:0"));
  flags.RejectUnknown();
  lws_set_log_level(LLL_ERR, nullptr);
  const lws_protocols protocols[] = {
      {"echo", OnEvent, sizeof(std::unique_ptr<Session>), kReceiveBuffer, 0, nullptr, 0},
      {nullptr, nullptr, 0, 0, 0, nullptr, 0}};
  lws_context_creation_info info = {};
  std::string host = FormatEndpoint(wanted);
  host.resize(host.find(':'));
  info.iface = host.c_str();
  info.port = ntohs(wanted.sin_port);
  info.protocols = protocols;
  info.pt_serv_buf_size = kReceiveBuffer;
  lws_context* context = lws_create_context(&info);
  if (context == nullptr) return 2;
  std::printf("ready ws=%s:%d\n", host.c_str(),
              lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
  std::fflush(stdout);
  while (lws_service(context, 0) >= 0) continue;
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "libwebsockets: %s\n", error.what());
  return 2;
}

}  // namespace
}  // namespace drawbridge::bench

int main(int argc, char** argv) { return drawbridge::bench::Main(argc, argv); }
