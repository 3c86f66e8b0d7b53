// A WebSocket client made of bare sockets, so that a test can be as rude as the Internet.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_CLIENT_H_
#define DRAWBRIDGE_TESTS_SUPPORT_CLIENT_H_

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/client_tls.h"
#include "tests/support/frame_codec.h"
#include "tests/support/patience.h"

namespace drawbridge {

// An answer to an HTTP request; the names of its headers are in lower case.
struct HttpResponse {
  int status = 0;
  std::string status_line;
  std::map<std::string, std::string> headers;
  std::string head;  // all before the body, as it came
  std::string body;  // where Content-Length announces one
};

// Not thread-safe. Each call that waits throws std::runtime_error when what it waits for does not happen
// within kPatience, or when something else happens instead.
class Client {
 public:
  struct Options {
    // Of the kernel's buffers, in bytes as asked for; 0: its default.
    int receive_buffer = 0;
    int send_buffer = 0;
    std::string target = "/";
    std::vector<std::string> headers;  // further ones of the upgrade, each a line without its end
    std::string preface;               // sent before all else, as a proxy would
    ClientTls* tls = nullptr;          // must outlive the client; null: plain
  };

  // Connects, no more than the handshake of TLS. `address`: ip:port, the ip in brackets where
  // it is of IPv6.
  static Client Dial(const std::string& address, const Options& options);
  static Client Dial(const std::string& address) { return Dial(address, Options()); }
  // Connects and upgrades; throws where the answer is not 101.
  static Client Open(const std::string& address, const Options& options);
  static Client Open(const std::string& address) { return Open(address, Options()); }

  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client() { Close(); }

  // The X-Connection-Id of the upgrade.
  const std::string& id() const { return id_; }
  // Null: plain.
  SSL* ssl() { return tls_ == nullptr ? nullptr : tls_->ssl(); }
  // ip:port of this end.
  std::string local_address() const;

  // Sends the upgrade request and reads its answer.
  HttpResponse Upgrade();
  // The text of the upgrade request.
  std::string UpgradeRequest() const;
  // To a HEAD there is no body, whatever is announced.
  HttpResponse ReadResponse(bool has_body = true);

  // Sends all of it.
  void Send(std::string_view bytes);
  // Sends what the kernel takes at once; returns how much that was.
  size_t SendSome(std::string_view bytes);
  void SendFrame(const ClientFrame& frame) { Send(Encode(frame)); }
  void SendText(std::string_view text) { SendFrame({.opcode = kOpText, .payload = text}); }
  void SendClose(int code, std::string_view reason = {});

  ServerFrame ReadFrame();
  // The same, where there may be an end instead: nullopt.
  std::optional<ServerFrame> ReadFrameOrEnd();
  // Reads a frame and answers it as a good client does; throws where it is not a close frame.
  ServerFrame ReadClose();
  ServerFrame ReadCloseAndAnswer();
  // Sends a text and throws where it does not come back as the next frame.
  void Echo(std::string_view text);

  // Whether there is something to read now, be it the end.
  bool HasInput() const;
  // Waits, without reading, until there is something to read.
  void WaitReadable();
  // Waits for the end, throwing where anything else comes. kReset: ECONNRESET; with TLS every end that
  // close_notify did not announce.
  enum class Ending { kEndOfFile, kReset };
  Ending ReadEnd();
  // Reads on and forgets what comes until the end.
  Ending DrainToEnd();

  void ShutdownWrite();
  // From here on nothing that is sent to it arrives or is acknowledged, as if its host were gone. IPv4 alone.
  void Vanish();
  // Closes with a reset: SO_LINGER of 0.
  void Reset();
  void Close();

 private:
  explicit Client(const Options& options) : options_(options) {}
  void Connect(const std::string& address);
  void StartTls();
  bool Fill();  // reads more into received_; false at the end
  // Bytes received; 0: none now; nullopt: the end, as ending_ says.
  std::optional<size_t> ReceiveSome(std::span<char> buffer);
  void Wait(short events) const;

  Options options_;
  int fd_ = -1;
  std::unique_ptr<ClientTlsStream> tls_;  // null: plain
  std::string id_;
  std::string received_;  // and not yet consumed
  Ending ending_ = Ending::kEndOfFile;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CLIENT_H_
