// What the kernel would not take must reach the client later, whole and in order, and be counted meanwhile.
#include "gateway/session/send_queue.h"

#include <cstddef>
#include <string>

#include "gateway/session/frame.h"
#include "gateway/session/link.h"
#include "gateway/session/write_buffer.h"
#include "gtest/gtest.h"
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
  // Writes and reads in turn until all has gone through.
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

// Wherever the kernel cut the frames of a wake-up, exactly the rest is queued.
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

}  // namespace
}  // namespace drawbridge
