// One WebSocket client: sends prepared frames and checks every byte that comes back.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_CLIENT_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_CLIENT_H_

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tools/bench/load/tls.h"
#include "tools/bench/load/traffic.h"
#include "tools/bench/wire/frame.h"

namespace drawbridge::bench {

class Client;

// Callbacks from clients to a scenario, on the thread that polls the clients. `now` is the time right after
// the read that caused the callback.
class ClientListener {
 public:
  virtual ~ClientListener() = default;
  virtual void OnOpen(Client& client) = 0;
  // Messages `first` to `first + count - 1` of this client were echoed unchanged.
  virtual void OnEchoes(Client& client, uint64_t first, uint64_t count, int64_t now) = 0;
  // A close frame was received; `code` is 1005 if it had none. If the client had not sent one, it has now
  // answered.
  virtual void OnCloseFrame(Client& client, uint16_t code, int64_t now) = 0;
  // The server closed the TCP connection. The client's socket is closed as well.
  virtual void OnGone(Client& client, int64_t now) = 0;
};

// A listener for clients that must stay connected: OnCloseFrame and OnGone throw. The other callbacks do
// nothing by default.
class StayingListener : public ClientListener {
 public:
  void OnOpen(Client&) override {}
  void OnEchoes(Client&, uint64_t, uint64_t, int64_t) override {}
  void OnCloseFrame(Client& client, uint16_t code, int64_t now) override;
  void OnGone(Client& client, int64_t now) override;
};

// Not thread-safe. Belongs to the epoll set that was passed to Connect. Any input that is not the expected
// echo, a ping, a pong or a close frame throws std::runtime_error, which ends the benchmark.
class Client {
 public:
  // `traffic` and `listener` must outlive the client. `index` is the user data of its epoll events.
  Client(const Traffic& traffic, ClientListener& listener, uint32_t index);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Opens a new connection and discards the state of the last one. `scratch` is shared by all clients of the
  // thread.
  void Connect(const sockaddr_in& target, int epoll, std::span<char> scratch, bool tls = false);

  void OnEvent(uint32_t events);

  // Sends the next `count` messages as soon as the kernel accepts them. Does not block.
  void SendMessages(uint64_t count);

  // Expects `count` more messages from the server without sending any, with the contents of the next echoes.
  void Expect(uint64_t count) { sent_ += count; }

  // Sends a close frame after the messages. The server must answer it and close the connection.
  void SendClose(uint16_t code);

  // Resets the TCP connection, which leaves no TIME_WAIT on this side. Does not call the listener.
  void Abort();

  uint32_t index() const { return index_; }
  uint64_t queued() const { return sent_ + owed_; }  // messages requested so far
  uint64_t received() const { return received_; }    // messages received so far
  bool open() const { return state_ == State::kOpen; }
  bool saw_close() const { return saw_close_; }
  const std::string& connection_id() const { return connection_id_; }  // X-Connection-Id, if any

 private:
  enum class State : uint8_t { kIdle, kConnecting, kUpgrading, kOpen };

  void Receive();
  bool ReceiveOnce();
  std::string_view TakeResponse(std::string_view data);
  void TakeFrames(std::string_view data);
  std::string_view TakeHeader(std::string_view data);
  std::string_view TakePayload(std::string_view data);
  void BeginFrame();
  void EndFrame();
  void OnControlFrame();
  void SendControl(uint8_t opcode, std::string_view payload);
  void Flush();
  bool SendSome(std::string_view* data);
  void WantWrite(bool want);
  void Gone();

  const Traffic* const traffic_;
  ClientListener* const listener_;
  const uint32_t index_;
  State state_ = State::kIdle;
  bool want_write_ = false;
  bool sent_close_ = false;
  bool saw_close_ = false;
  int fd_ = -1;
  std::unique_ptr<TlsSocket> tls_;  // null: plain
  int epoll_ = -1;
  int64_t now_ = 0;
  std::span<char> scratch_;
  std::string connection_id_;

  // Sending order: the rest of a batch of messages, then control frames, then the messages in `owed_`.
  uint64_t sent_ = 0;
  uint64_t owed_ = 0;
  std::string_view batch_;
  std::string control_out_;

  // Receiving.
  uint64_t received_ = 0;
  std::string head_;        // incomplete HTTP response head, later an incomplete frame header
  std::string control_in_;  // payload of a control frame
  FrameHeader frame_ = {};
  uint64_t frame_left_ = 0;
  uint64_t message_offset_ = 0;
  bool in_frame_ = false;
  bool in_message_ = false;  // more fragments of a message follow
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_CLIENT_H_
