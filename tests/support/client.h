// A WebSocket client on plain sockets, so that a test can also send invalid data.
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

// An answer to an HTTP request. The names of headers are in lower case.
struct HttpResponse {
  int status = 0;
  std::string status_line;
  std::map<std::string, std::string> headers;
  std::string head;  // everything before the body, unchanged
  std::string body;  // empty without Content-Length
};

// Not thread-safe. Calls that block throw std::runtime_error if the expected event does not happen within
// kPatience, or if another one happens first.
class Client {
 public:
  struct Options {
    // Sizes of the kernel's buffers in bytes; 0: the kernel's default.
    int receive_buffer = 0;
    int send_buffer = 0;
    std::string target = "/";
    std::vector<std::string> headers;  // additional headers of the upgrade, each a line without its end
    std::string preface;               // sent first, such as a PROXY protocol header
    ClientTls* tls = nullptr;          // must outlive the client; null: no TLS
  };

  // Connects without a TLS handshake. `address`: ip:port, with an IPv6 address in brackets.
  static Client Dial(const std::string& address, const Options& options);
  static Client Dial(const std::string& address) { return Dial(address, Options()); }
  // Connects and upgrades. Throws if the answer is not 101.
  static Client Open(const std::string& address, const Options& options);
  static Client Open(const std::string& address) { return Open(address, Options()); }

  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client() { Close(); }

  // The X-Connection-Id header of the answer.
  const std::string& id() const { return id_; }
  // Null without TLS.
  SSL* ssl() { return tls_ == nullptr ? nullptr : tls_->ssl(); }
  // The local ip:port.
  std::string local_address() const;

  // Sends the upgrade request and reads its answer.
  HttpResponse Upgrade();
  // The text of the upgrade request.
  std::string UpgradeRequest() const;
  // The answer to a HEAD request has no body, whatever its Content-Length says.
  HttpResponse ReadResponse(bool has_body = true);

  // Blocks until everything is sent.
  void Send(std::string_view bytes);
  // Sends what the kernel accepts without blocking. Returns the number of bytes.
  size_t SendSome(std::string_view bytes);
  void SendFrame(const ClientFrame& frame) { Send(Encode(frame)); }
  void SendText(std::string_view text) { SendFrame({.opcode = kOpText, .payload = text}); }
  void SendClose(int code, std::string_view reason = {});

  ServerFrame ReadFrame();
  // The same, but returns nullopt at the end of the connection.
  std::optional<ServerFrame> ReadFrameOrEnd();
  // Reads a close frame. Throws if the next frame is not a close frame.
  ServerFrame ReadClose();
  ServerFrame ReadCloseAndAnswer();
  // Sends a text. Throws if the next frame is not its echo.
  void Echo(std::string_view text);

  // Whether data or the end of the connection can be read now.
  bool HasInput() const;
  // Blocks, without reading, until data or the end of the connection can be read.
  void WaitReadable();
  // Waits for the end and throws if anything else arrives. kReset: ECONNRESET, or with TLS an end without
  // close_notify.
  enum class Ending { kEndOfFile, kReset };
  Ending ReadEnd();
  // Reads and discards data until the end.
  Ending DrainToEnd();

  void ShutdownWrite();
  // From here on packets to this client are dropped and not acknowledged, as if its host had failed. IPv4
  // only.
  void Vanish();
  // Closes with a TCP reset, by SO_LINGER 0.
  void Reset();
  void Close();

 private:
  explicit Client(const Options& options) : options_(options) {}
  void Connect(const std::string& address);
  void StartTls();
  bool Fill();  // appends to received_; false at the end
  // The number of bytes received; 0: none now; nullopt: the end, with its kind in ending_.
  std::optional<size_t> ReceiveSome(std::span<char> buffer);
  void Wait(short events) const;

  Options options_;
  int fd_ = -1;
  std::unique_ptr<ClientTlsStream> tls_;  // null without TLS
  std::string id_;
  std::string received_;  // received and not yet consumed
  Ending ending_ = Ending::kEndOfFile;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CLIENT_H_
