// Data that the kernel did not accept reaches the client later, whole and in order, and is counted meanwhile.
#include "gateway/session/send_queue.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/outbox.h"
#include "gateway/connections/receipt.h"
#include "gateway/session/frame.h"
#include "gateway/session/link.h"
#include "gateway/session/write_buffer.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/counted_memory.h"
#include "tests/gateway/session/socket_pair.h"

namespace drawbridge {
namespace {

using Status = IoResult::Status;

std::string Frame(Opcode opcode, const std::string& payload) {
  WriteBuffer out;
  AppendFrame(out, opcode, payload);
  return std::string(out.view());
}
std::string Message(const std::string& payload) { return Frame(Opcode::kBinary, payload); }
std::string Message(size_t size, char fill = 'm') { return Message(std::string(size, fill)); }

class SendQueueTest : public ::testing::Test {
 protected:
  // Writes and reads in turn until everything has arrived.
  std::string Drain() {
    std::string received;
    for (int i = 0; i < 100'000; ++i) {
      const Status status = queue_.WriteTo(link_);
      received += sockets_.Receive();
      if (status == Status::kOk) return received;
      EXPECT_EQ(status, Status::kWouldBlock);
    }
    ADD_FAILURE() << "never drained";
    return received;
  }

  SocketPair sockets_{4096};
  Link link_{sockets_.TakeOurs()};
  SendQueue queue_;
};

TEST_F(SendQueueTest, IsEmptyAtFirst) {
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.messages(), 0U);
  EXPECT_EQ(queue_.bytes(), 0U);
  EXPECT_EQ(queue_.WriteTo(link_), Status::kOk);
  EXPECT_EQ(queue_.DropMessages(), 0U);
}

TEST_F(SendQueueTest, SendsInOrderThroughABufferThatIsFarTooSmall) {
  std::string all;
  for (int i = 0; i < 300; ++i) {
    const std::string frames = Message(static_cast<size_t>(i) * 7, static_cast<char>('a' + i % 26)) +
                               Frame(Opcode::kPong, std::to_string(i)) + Frame(Opcode::kText, "");
    queue_.Append(frames, 0);
    all += frames;
  }
  EXPECT_EQ(queue_.messages(), 600U);
  EXPECT_EQ(queue_.WriteTo(link_), Status::kWouldBlock);
  EXPECT_FALSE(queue_.empty());
  EXPECT_EQ(Drain(), all);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.messages(), 0U);
  EXPECT_EQ(queue_.bytes(), 0U);
}

TEST_F(SendQueueTest, SendsOneHugeFrameInPieces) {
  const std::string huge = Message(3'000'000);
  queue_.Append(huge, 0);
  EXPECT_EQ(queue_.WriteTo(link_), Status::kWouldBlock);
  EXPECT_EQ(queue_.messages(), 1U) << "not written until it is written whole";
  EXPECT_EQ(Drain(), huge);
}

// Wherever the kernel splits the frames of a wake-up, exactly the rest is queued.
TEST_F(SendQueueTest, TakesWhatIsLeftBehindEveryByte) {
  const std::string frames = Message("one") + Frame(Opcode::kPing, "ping") + Message("") + Message(130);
  for (size_t sent = 0; sent <= frames.size(); ++sent) {
    queue_.Append(frames, sent);
    EXPECT_EQ(queue_.empty(), sent == frames.size());
    ASSERT_EQ(Drain(), frames.substr(sent)) << sent;
  }
}

TEST_F(SendQueueTest, CountsMessagesAndNotControlFrames) {
  const std::string one = Message("one");
  queue_.Append(one + Frame(Opcode::kPing, "") + Message("two") + Frame(Opcode::kClose, ""), one.size());
  EXPECT_EQ(queue_.messages(), 1U);
  queue_.Append(Message("begun"), 1);
  EXPECT_EQ(queue_.messages(), 2U);
}

TEST_F(SendQueueTest, AMillionEmptyMessagesAreNotForFree) {
  std::string frames;
  for (int i = 0; i < 1000; ++i) frames += Message("");
  queue_.Append(frames, 0);
  EXPECT_GE(queue_.bytes(), 1000U * 32);
}

TEST_F(SendQueueTest, BytesShrinkAsFramesLeave) {
  queue_.Append(Message(100'000) + Message(100'000), 0);
  const size_t both = queue_.bytes();
  EXPECT_GE(both, 200'000U);
  std::string received;
  while (queue_.messages() == 2) {
    ASSERT_EQ(queue_.WriteTo(link_), Status::kWouldBlock);
    received += sockets_.Receive(1000);
  }
  EXPECT_LT(queue_.bytes(), both - 99'000);
  EXPECT_EQ(received + Drain(), Message(100'000) + Message(100'000));
}

TEST_F(SendQueueTest, DropsMessagesAndKeepsControlFrames) {
  queue_.Append(Message("one") + Frame(Opcode::kPong, "pong") + Message("two") + Frame(Opcode::kClose, "bye"),
                0);
  EXPECT_EQ(queue_.DropMessages(), 2U);
  EXPECT_EQ(queue_.messages(), 0U);
  EXPECT_EQ(Drain(), Frame(Opcode::kPong, "pong") + Frame(Opcode::kClose, "bye"));
  EXPECT_EQ(queue_.bytes(), 0U);
}

TEST_F(SendQueueTest, KeepsAMessageWhoseBeginningIsGoneWhenAppended) {
  const std::string frames = Message("begun") + Message("not begun");
  queue_.Append(frames, 1);
  EXPECT_EQ(queue_.DropMessages(), 1U);
  EXPECT_EQ(queue_.messages(), 1U);
  EXPECT_EQ(Drain(), Message("begun").substr(1));
}

TEST_F(SendQueueTest, KeepsAMessageWhoseBeginningWasWrittenSince) {
  queue_.Append(Message(1'000'000, 'a') + Message(10, 'b') + Frame(Opcode::kPing, "p") + Message(10, 'c'), 0);
  ASSERT_EQ(queue_.WriteTo(link_), Status::kWouldBlock);
  const std::string begun = sockets_.Receive();
  ASSERT_GT(begun.size(), 0U);
  ASSERT_LT(begun.size(), 1'000'000U);
  EXPECT_EQ(queue_.DropMessages(), 2U);
  EXPECT_EQ(begun + Drain(), Message(1'000'000, 'a') + Frame(Opcode::kPing, "p"));
}

TEST_F(SendQueueTest, DroppingLeavesNoTraceOfAFrontThatHadNotBegun) {
  const std::string begun = Message(100'000, 'a');
  queue_.Append(begun, 0);
  std::string received;
  while (!queue_.empty()) {
    queue_.WriteTo(link_);
    received += sockets_.Receive();
  }
  queue_.Append(Message("dropped") + Frame(Opcode::kPing, "kept"), 0);
  EXPECT_EQ(queue_.DropMessages(), 1U);
  EXPECT_EQ(Drain(), Frame(Opcode::kPing, "kept"));
}

TEST_F(SendQueueTest, TellsThatTheSocketIsBroken) {
  queue_.Append(Message("lost"), 0);
  sockets_.CloseTheirs();
  EXPECT_EQ(queue_.WriteTo(link_), Status::kBroken);
  EXPECT_EQ(queue_.messages(), 1U) << "the session counts it as dropped";
}

TEST_F(SendQueueTest, APongTakesThePlaceOfOneThatIsStuckRightBeforeIt) {
  for (int i = 0; i < 1000; ++i) queue_.Append(Frame(Opcode::kPong, std::to_string(i)), 0);
  EXPECT_LT(queue_.bytes(), 100u);
  queue_.Append(Message("between") + Frame(Opcode::kPong, "a") + Frame(Opcode::kPong, "b"), 0);
  EXPECT_EQ(Drain(), Frame(Opcode::kPong, "999") + Message("between") + Frame(Opcode::kPong, "b"));
}

TEST_F(SendQueueTest, APongThatIsHalfSentIsFinished) {
  const std::string first = Frame(Opcode::kPong, "first");
  queue_.Append(first + Frame(Opcode::kPong, "second") + Frame(Opcode::kPong, "third"), 3);
  EXPECT_EQ(Drain(), first.substr(3) + Frame(Opcode::kPong, "third"));
}

// --- Payloads that are shared with other clients

using Payload = std::shared_ptr<const std::string>;
Payload PayloadOf(size_t size, char fill = 's') { return std::make_shared<const std::string>(size, fill); }

void AddBeside(WriteBuffer& out, Payload payload, Receipt receipt = {}) {
  AppendFrameHeader(out, Opcode::kBinary, payload->size());
  out.AddMark(std::move(payload), std::move(receipt), true);
}
void AddInside(WriteBuffer& out, Payload payload, Receipt receipt = {}) {
  AppendFrame(out, Opcode::kBinary, *payload);
  out.AddMark(std::move(payload), std::move(receipt), false);
}

// Wherever the kernel splits the frames of a wake-up, exactly the rest is queued, and none of it is copied.
TEST_F(SendQueueTest, TakesWhatIsLeftBehindEveryByteOfSharedFrames) {
  const Payload large = PayloadOf(300, 'l');
  const Payload small = PayloadOf(5, 's');
  const std::string all = Message("echo") + Message(300, 'l') + Message(5, 's') +
                          Frame(Opcode::kPing, "ping") + Message(300, 'l') + Frame(Opcode::kClose, "bye");
  for (size_t sent = 0; sent <= all.size(); ++sent) {
    WriteBuffer out;
    AppendFrame(out, Opcode::kBinary, "echo");
    AddBeside(out, large);
    AddInside(out, small);
    AppendFrame(out, Opcode::kPing, "ping");
    AddBeside(out, large);
    AppendFrame(out, Opcode::kClose, "bye");
    ASSERT_EQ(out.size(), all.size());
    SendQueue queue;
    queue.Append(out.view(), sent, out.marks());
    out.Clear();
    EXPECT_EQ(queue.empty(), sent == all.size());
    const size_t waiting = (all.size() - sent) + 6 * Outbox::kOverhead;
    EXPECT_LE(queue.bytes(), waiting);
    EXPECT_LE(queue.own_bytes(), 6 * Outbox::kOverhead + 30) << "no payload that is shared";
    ASSERT_EQ(queue.WriteTo(link_), Status::kOk);
    ASSERT_EQ(sockets_.Receive(), all.substr(sent)) << sent;
    EXPECT_EQ(queue.messages(), 0U);
    EXPECT_EQ(queue.bytes(), 0U);
    EXPECT_EQ(queue.own_bytes(), 0U);
    EXPECT_EQ(large.use_count(), 1);
    EXPECT_EQ(small.use_count(), 1);
  }
}

// The kernel accepts a few bytes at a time, so every boundary between pieces is crossed.
TEST_F(SendQueueTest, SharedFramesGoThroughABufferThatIsFarTooSmall) {
  WriteBuffer out;
  std::string all;
  for (size_t i = 0; i < 200; ++i) {
    const auto fill = static_cast<char>('a' + i % 26);
    const Payload payload = PayloadOf(i * 97, fill);
    i % 3 == 0 ? AddInside(out, payload) : AddBeside(out, payload);
    AppendFrame(out, Opcode::kPing, std::to_string(i));
    all += Message(i * 97, fill) + Frame(Opcode::kPing, std::to_string(i));
  }
  queue_.Append(out.view(), 0, out.marks());
  out.Clear();
  EXPECT_EQ(queue_.messages(), 200U);
  std::string received;
  size_t before = queue_.bytes();
  while (queue_.WriteTo(link_) == Status::kWouldBlock) {
    received += sockets_.Receive(1 + received.size() % 700);
    EXPECT_LE(queue_.bytes(), before);
    before = queue_.bytes();
  }
  EXPECT_TRUE(received + sockets_.Receive() == all);
  EXPECT_EQ(queue_.bytes(), 0U);
  EXPECT_EQ(queue_.own_bytes(), 0U);
}

TEST_F(SendQueueTest, ABroadcastThatNobodyReadsIsThereOnce) {
  constexpr size_t kClients = 5'000;
  const Payload payload = PayloadOf(1'000'000);
  const size_t before = LiveBytes();
  std::vector<SendQueue> queues(kClients);
  WriteBuffer out;
  for (SendQueue& queue : queues) {
    AddBeside(out, payload);
    queue.Append(out.view(), 1234, out.marks());
    out.Clear();
    EXPECT_EQ(queue.bytes(), payload->size() + 10 - 1234 + Outbox::kOverhead);
  }
  EXPECT_EQ(payload.use_count(), static_cast<long>(kClients) + 1);
  EXPECT_LT(LiveBytes() - before, kClients * 1024);
}

TEST_F(SendQueueTest, BytesShrinkAsPartsOfASharedFrameLeave) {
  WriteBuffer out;
  AddBeside(out, PayloadOf(100'000));
  queue_.Append(out.view(), 0, out.marks());
  EXPECT_EQ(queue_.bytes(), 100'000 + Outbox::kOverhead) << "as in the outbox";
  ASSERT_EQ(queue_.WriteTo(link_), Status::kWouldBlock);
  const size_t taken = sockets_.Receive().size();
  EXPECT_EQ(queue_.bytes(), 100'010 - taken + Outbox::kOverhead);
}

TEST_F(SendQueueTest, DropsSharedMessagesButForTheOneThatHasBegun) {
  const Payload payload = PayloadOf(1'000);
  WriteBuffer out;
  AddBeside(out, payload);
  AddBeside(out, payload);
  AppendFrame(out, Opcode::kPing, "p");
  AddBeside(out, payload);
  queue_.Append(out.view(), 5, out.marks());
  out.Clear();
  EXPECT_EQ(queue_.DropMessages(), 2U);
  EXPECT_EQ(payload.use_count(), 2);
  queue_.Append(Frame(Opcode::kClose, "bye"), 0);
  EXPECT_EQ(Drain(),
            Message(1'000, 's').substr(5) + Frame(Opcode::kPing, "p") + Frame(Opcode::kClose, "bye"));
}

TEST_F(SendQueueTest, WhatIsCompressedForAClientIsItsOwn) {
  WriteBuffer out;
  const Payload payload = PayloadOf(1'000);
  char* const frame = out.Extend(FrameHeaderSize(7) + 7);
  WriteFrameHeader(frame, Opcode::kBinary, 7, kRsv1);
  std::copy_n("deflate", 7, frame + FrameHeaderSize(7));
  out.AddMark(payload, Receipt(), false);
  const std::string all(out.view());
  queue_.Append(out.view(), 1, out.marks());
  out.Clear();
  EXPECT_EQ(payload.use_count(), 1);
  EXPECT_EQ(queue_.own_bytes(), all.size() - 1 + Outbox::kOverhead);
  EXPECT_EQ(Drain(), all.substr(1));
}

TEST_F(SendQueueTest, ReceiptsOfSharedFramesTellInOrder) {
  std::vector<std::pair<int, bool>> told;
  const auto receipt = [&](int which) {
    return Receipt([&told, which](bool written) { told.emplace_back(which, written); });
  };
  WriteBuffer out;
  AddInside(out, PayloadOf(10), receipt(1));
  AddBeside(out, PayloadOf(100'000), receipt(2));
  AddBeside(out, PayloadOf(10), receipt(3));
  queue_.Append(out.view(), 12, out.marks());
  out.Clear();
  EXPECT_TRUE(told.empty());
  ASSERT_EQ(queue_.WriteTo(link_), Status::kWouldBlock);
  EXPECT_EQ(told, (std::vector<std::pair<int, bool>>{{1, true}}));
  Drain();
  EXPECT_EQ(told, (std::vector<std::pair<int, bool>>{{1, true}, {2, true}, {3, true}}));
}

}  // namespace
}  // namespace drawbridge
