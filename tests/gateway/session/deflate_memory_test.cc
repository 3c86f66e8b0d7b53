// The memory use of compression: for each idle client, for one that stops in the middle of a message, and for
// a bomb.
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/session/engine.h"
#include "gateway/session/message_deflate.h"
#include "gateway/session/write_buffer.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"
#include "tests/gateway/session/counted_memory.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {
namespace {

constexpr size_t kMegabyte = 1 << 20;

// The engine and the compressor of one client, as a session has them.
struct CompressedClient {
  CompressedClient(DeflatePool& pool, const DeflateOptions& options, const DeflateAgreement& agreement)
      : deflate(std::make_unique<MessageDeflate>(pool, options, agreement)),
        engine(kMegabyte, deflate.get()) {}

  // Receives `bytes` and echoes messages. Returns the number of events; the last one is in `last`.
  size_t Receive(std::string bytes) {
    size_t events = 0;
    std::span<char> input(bytes);
    while (const auto event = engine.Next(input)) {
      ++events;
      last = event->kind;
      if (event->kind == Engine::Event::Kind::kError) break;
      if (event->kind == Engine::Event::Kind::kMessage) Answer(event->payload);
    }
    return events;
  }
  void Answer(std::string_view message) {
    WriteBuffer out;
    deflate->AppendFrame(out, Opcode::kText, message);
    EXPECT_LT(out.view().size(), message.size());
  }

  const std::unique_ptr<MessageDeflate> deflate;
  Engine engine;
  Engine::Event::Kind last{};
};

// The memory that each of 100 idle clients takes after it echoed a message of `size` bytes, in bytes and in
// addition to a client without the extension.
size_t IdleMemory(const DeflateAgreement& agreement, size_t size = 2000, const DeflateOptions& options = {}) {
  constexpr size_t kClients = 100;
  const std::string bytes = DeflatedFragment(0x1, Deflated(std::string(size, 'x')), true);
  DeflatePool pool;
  CompressedClient warm(pool, options, {});  // allocates what the thread shares
  EXPECT_EQ(warm.Receive(bytes), 1u);
  std::vector<std::unique_ptr<CompressedClient>> clients(kClients);
  for (auto& client : clients) client = std::make_unique<CompressedClient>(pool, options, DeflateAgreement{});
  std::vector<std::unique_ptr<Engine>> engines(kClients);
  const size_t before = LiveBytes();
  for (auto& engine : engines) engine = std::make_unique<Engine>(kMegabyte);
  const size_t engines_alone = LiveBytes() - before;
  engines.clear();
  clients.clear();
  clients.resize(kClients);
  const size_t start = LiveBytes();
  for (auto& client : clients) {
    client = std::make_unique<CompressedClient>(pool, options, agreement);
    EXPECT_EQ(client->Receive(bytes), 1u);
  }
  return (LiveBytes() - start - engines_alone) / kClients;
}

void Report(const char* name, size_t bytes) {
  ::testing::Test::RecordProperty(name, std::to_string(bytes));
  std::printf("%s: %zu bytes a client\n", name, bytes);
}

TEST(DeflateMemoryTest, AnIdleClientWithoutTakeoverCostsAlmostNothing) {
  const size_t bytes = IdleMemory({});
  Report("without takeover", bytes);
  EXPECT_LE(bytes, 100u);
}

TEST(DeflateMemoryTest, TakeoverCostsAStreamEachWay) {
  const size_t client = IdleMemory({.client_context_takeover = true});
  Report("client takeover", client);
  EXPECT_LE(client, 44u * 1024);
  EXPECT_GE(client, 32u * 1024);
  const size_t server = IdleMemory({.server_context_takeover = true});
  Report("server takeover", server);
  EXPECT_LE(server, 280u * 1024);
  EXPECT_GE(server, 256u * 1024);
}

TEST(DeflateMemoryTest, SmallerWindowsMakeTakeoverCheaper) {
  const DeflateOptions options{.memory_level = 4};
  const size_t bytes = IdleMemory({.server_window_bits = 10,
                                   .client_window_bits = 10,
                                   .server_context_takeover = true,
                                   .client_context_takeover = true},
                                  2000, options);
  Report("both, windows of 10 bits, memory level 4", bytes);
  EXPECT_LE(bytes, 28u * 1024);
}

TEST(DeflateMemoryTest, ABigMessageLeavesNothingBehind) { EXPECT_LE(IdleMemory({}, kMegabyte), 100u); }

TEST(DeflateMemoryTest, WhoStopsInTheMiddleCostsWhatItSent) {
  DeflatePool pool;
  const DeflateOptions options;
  CompressedClient client(pool, options, {});
  const std::string bytes = DeflatedFragment(0x1, Deflated(std::string(kMegabyte, 'x')), false);
  const size_t before = LiveBytes();
  EXPECT_EQ(client.Receive(bytes.substr(0, bytes.size() / 2)), 0u);
  EXPECT_LE(LiveBytes() - before, bytes.size());
}

// A gigabyte compressed to one megabyte, in reads of normal size.
TEST(DeflateMemoryTest, ABombTakesNoMoreThanTheLimit) {
  const DeflateOptions options;
  const std::string bytes = DeflatedFragment(0x1, DeflateBomb(1024), true);
  ASSERT_LT(bytes.size(), kMegabyte + kMegabyte / 8);
  for (const bool takeover : {false, true}) {
    DeflatePool pool;
    CompressedClient client(pool, options, {.client_context_takeover = takeover});
    ForgetMostBytes();
    const size_t before = LiveBytes();
    size_t events = 0;
    for (size_t at = 0; at < bytes.size() && events == 0; at += 65536) {
      events += client.Receive(bytes.substr(at, 65536));
    }
    EXPECT_EQ(events, 1u);
    EXPECT_EQ(client.last, Engine::Event::Kind::kError);
    // The limit for the compressed message, the limit for the inflated one, and the growth of strings.
    EXPECT_LE(MostBytes() - before, 4 * kMegabyte);
  }
}

}  // namespace
}  // namespace drawbridge
