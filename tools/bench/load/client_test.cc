// The load generator must detect every kind of wrong answer: otherwise its results are meaningless.
#include "tools/bench/load/client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tools/bench/load/fleet.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/traffic.h"
#include "tools/bench/net/endpoint.h"
#include "tools/bench/wire/frame.h"
#include "tools/bench/wire/handshake.h"

namespace drawbridge::bench {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr size_t kPayloadSize = 200;
constexpr uint64_t kMessages = 2;

// A server for one connection: upgrades it, waits for two messages, and sends a given answer.
class ScriptedServer {
 public:
  explicit ScriptedServer(const std::string& answer)
      : listener_(Listen(ParseEndpoint("127.0.0.1:0"))), thread_([this, answer] { Serve(answer); }) {}
  ~ScriptedServer() {
    thread_.join();
    close(listener_);
  }

  sockaddr_in endpoint() const { return LocalEndpoint(listener_); }

 private:
  void Serve(const std::string& answer) const {
    int fd = -1;
    while (fd < 0) fd = accept(listener_, nullptr, nullptr);
    std::string in;
    while (in.find("\r\n\r\n") == std::string::npos) Read(fd, in);
    const std::string response = UpgradeResponse(HeaderValue(in, "Sec-WebSocket-Key"));
    EXPECT_EQ(write(fd, response.data(), response.size()), static_cast<ssize_t>(response.size()));
    in.clear();
    while (in.size() < kMessages * (kPayloadSize + 8)) Read(fd, in);
    for (const char& byte : answer) {
      if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1) break;  // the client has closed the connection
    }
    shutdown(fd, SHUT_WR);
    while (Read(fd, in) > 0) continue;  // until the client closes
    close(fd);
  }

  static ssize_t Read(int fd, std::string& in) {
    char buffer[4096];
    const ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size > 0) in.append(buffer, size);
    return size;
  }

  const int listener_;
  std::thread thread_;
};

class Listener : public ClientListener {
 public:
  void OnOpen(Client&) override {}
  void OnEchoes(Client&, uint64_t, uint64_t count, int64_t) override { echoes += count; }
  void OnCloseFrame(Client&, uint16_t code, int64_t) override { close_code = code; }
  void OnGone(Client&, int64_t) override { gone = true; }

  uint64_t echoes = 0;
  uint16_t close_code = 0;
  bool gone = false;
};

class ClientTest : public ::testing::Test {
 protected:
  std::string Frame(uint8_t first, std::string_view payload) const {
    char header[kMaxHeaderSize];
    return std::string(header, WriteFrameHeader(header, first, payload.size())).append(payload);
  }
  std::string Message(uint64_t sequence) const { return Frame(0x82, traffic_.Payload(sequence)); }

  // Sends two messages and reads `answer` until the server closes.
  Listener Exchange(const std::string& answer) const {
    const ScriptedServer server(answer);
    Listener listener;
    Fleet fleet(server.endpoint(), traffic_, listener, 1);
    fleet.OpenAll(10);
    fleet.client(0).SendMessages(kMessages);
    const int64_t deadline = NowNanoseconds() + 10'000 * kMillisecond;
    while (!listener.gone && NowNanoseconds() < deadline) fleet.Poll(kMillisecond);
    EXPECT_TRUE(listener.gone);
    return listener;
  }

  void ExpectRefused(const std::string& answer) const { EXPECT_THROW(Exchange(answer), std::runtime_error); }

  const Traffic traffic_{kPayloadSize, /*text=*/false, kMessages};
};

TEST_F(ClientTest, AcceptsEchoesInOneFrameEach) {
  EXPECT_EQ(Exchange(Message(0) + Message(1)).echoes, kMessages);
}

TEST_F(ClientTest, AcceptsFragmentsWithControlFramesBetween) {
  const std::string_view payload = traffic_.Payload(0);
  const std::string first = Frame(0x02, payload.substr(0, 50)) + Frame(0x89, "ping") +
                            Frame(0x00, payload.substr(50, 100)) + Frame(0x80, payload.substr(150));
  const Listener listener = Exchange(first + Message(1) + Frame(0x88, "\x0f\xa1why"));
  EXPECT_EQ(listener.echoes, kMessages);
  EXPECT_EQ(listener.close_code, 4001);
}

TEST_F(ClientTest, CountsWhatIsMissing) { EXPECT_EQ(Exchange(Message(0)).echoes, 1U); }

TEST_F(ClientTest, RefusesWrongOrder) { ExpectRefused(Message(1) + Message(0)); }

TEST_F(ClientTest, RefusesOneWrongByte) {
  std::string answer = Message(0);
  answer.back() ^= 1;
  ExpectRefused(answer);
}

TEST_F(ClientTest, RefusesAnotherOpcode) { ExpectRefused(Frame(0x81, traffic_.Payload(0))); }

TEST_F(ClientTest, RefusesShortAndLongMessages) {
  ExpectRefused(Frame(0x82, traffic_.Payload(0).substr(1)));
  ExpectRefused(Frame(0x82, traffic_.Payload(0).substr(0, 10)));
  ExpectRefused(Frame(0x82, std::string(traffic_.Payload(0)) + "x"));
}

TEST_F(ClientTest, RefusesMessagesThatNobodySent) { ExpectRefused(Message(0) + Message(1) + Message(2)); }

TEST_F(ClientTest, RefusesMaskedAndReservedFrames) {
  ExpectRefused(Frame(0xc2, traffic_.Payload(0)));
  ExpectRefused(std::string("\x82\x81mask\0", 7));
}

}  // namespace
}  // namespace drawbridge::bench
