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

// What a scenario hears of its clients, on the thread that polls them. `now` is the time right after the
// read that brought it.
class ClientListener {
 public:
  virtual ~ClientListener() = default;
  virtual void OnOpen(Client& client) = 0;
  // Messages `first` to `first + count - 1` of this client came back as they were sent.
  virtual void OnEchoes(Client& client, uint64_t first, uint64_t count, int64_t now) = 0;
  // The server's close frame came; 1005 when it had no code. It has been answered when it was the first.
  virtual void OnCloseFrame(Client& client, uint16_t code, int64_t now) = 0;
  // The server closed the TCP connection; the client's socket is closed, too.
  virtual void OnGone(Client& client, int64_t now) = 0;
};

// Of clients that are to stay and to say nothing of interest but what is overridden: losing one throws.
class StayingListener : public ClientListener {
 public:
  void OnOpen(Client&) override {}
  void OnEchoes(Client&, uint64_t, uint64_t, int64_t) override {}
  void OnCloseFrame(Client& client, uint16_t code, int64_t now) override;
  void OnGone(Client& client, int64_t now) override;
};

// Lives on one thread, in the epoll set that Connect was given. Anything a server sends that is not the
// expected echo, a ping, a pong or a close frame throws std::runtime_error, which ends the benchmark.
class Client {
 public:
  // All must outlive the client. `index` is what its epoll events carry.
  Client(const Traffic& traffic, ClientListener& listener, uint32_t index);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Opens a new connection, forgetting the last one. `scratch` is shared by all clients of the thread.
  void Connect(const sockaddr_in& target, int epoll, std::span<char> scratch, bool tls = false);

  void OnEvent(uint32_t events);

  // Sends the next `count` messages, as soon as the kernel takes them.
  void SendMessages(uint64_t count);

  // The next `count` messages come from the server unasked, with the contents that echoes would have.
  void Expect(uint64_t count) { sent_ += count; }

  // Sends a close frame behind the messages; the server then is to answer and to close.
  void SendClose(uint16_t code);

  // Resets the TCP connection: no TIME_WAIT stays on this side. Tells nobody.
  void Abort();

  uint32_t index() const { return index_; }
  uint64_t queued() const { return sent_ + owed_; }  // messages asked for so far
  uint64_t received() const { return received_; }    // messages that came back
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

  // Sending: the rest of a batch of messages goes first, then control frames, then messages owed.
  uint64_t sent_ = 0;
  uint64_t owed_ = 0;
  std::string_view batch_;
  std::string control_out_;

  // Receiving.
  uint64_t received_ = 0;
  std::string head_;        // of the HTTP response, later of a frame, while incomplete
  std::string control_in_;  // payload of a control frame
  FrameHeader frame_ = {};
  uint64_t frame_left_ = 0;
  uint64_t message_offset_ = 0;
  bool in_frame_ = false;
  bool in_message_ = false;  // between fragments
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_CLIENT_H_
