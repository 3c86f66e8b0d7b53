#include "tests/soak/actors.h"

#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>

namespace drawbridge {

void AtRate(World& world, int per_second, const std::stop_token& stop, const std::string& what,
            const std::function<void()>& work) {
  const auto period = std::chrono::nanoseconds(std::chrono::seconds(1)) / per_second;
  auto next = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    try {
      work();
    } catch (const std::exception& error) {
      world.ledger.Fail(what + ": " + error.what());
    }
    // An actor that is late does not catch up: the load is bounded.
    next = std::max(next + period, std::chrono::steady_clock::now());
    std::this_thread::sleep_until(next);
  }
}

void EchoOnce(World& world, Client& client, std::string_view text) {
  client.SendText(text);
  while (true) {
    const ServerFrame frame = client.ReadFrame();
    if (frame.opcode == kOpPing) {
      client.SendFrame({.opcode = kOpPong, .payload = frame.payload});
      continue;
    }
    if (frame.opcode != kOpText || frame.payload != text) {
      throw std::runtime_error("not the echo, but opcode " + std::to_string(frame.opcode) + " with " +
                               std::to_string(frame.payload.size()) + " bytes");
    }
    world.ledger.Count("echoes checked");
    return;
  }
}

ServerFrame AnswerClose(Client& client) {
  while (true) {
    ServerFrame frame = client.ReadFrame();
    if (frame.opcode != kOpClose) continue;
    client.SendFrame({.opcode = kOpClose, .payload = std::string_view(frame.payload).substr(0, 2)});
    return frame;
  }
}

std::string UniqueText(size_t bytes) {
  static std::atomic<uint64_t> last = 0;
  std::string text = std::to_string(++last) + " ";
  while (text.size() < bytes) text += text;
  text.resize(bytes);
  return text;
}

}  // namespace drawbridge
