// All frames that a client sends and all answers that it expects, generated in advance. In the measured
// window the generator only sends from this memory and compares with it.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_TRAFFIC_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_TRAFFIC_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace drawbridge::bench {

// A ring of messages with the same size and opcode, all different (if the size allows), each masked with its
// own random key. Message `sequence` is at index `sequence` modulo the ring's size. Thread-safe.
class Traffic {
 public:
  // `batch`: number of successive messages that must be contiguous in memory, for one send. Text is printable
  // ASCII. `ring`: number of messages; 0: as many as fit in the cache; 1: all are equal, as in a broadcast.
  Traffic(size_t payload_size, bool text, size_t batch, size_t ring = 0);

  // `count` contiguous client frames, starting with message `sequence`. `count` must be at most the batch.
  std::string_view Frames(uint64_t sequence, size_t count) const {
    return std::string_view(frames_).substr(sequence % ring_ * frame_size_, count * frame_size_);
  }

  // The expected echo of message `sequence` as one frame with the shortest header.
  std::string_view Echo(uint64_t sequence) const {
    return std::string_view(echoes_).substr(sequence % ring_ * echo_size_, echo_size_);
  }

  std::string_view Payload(uint64_t sequence) const {
    return Echo(sequence).substr(echo_size_ - payload_size_);
  }

  uint8_t opcode() const { return opcode_; }
  size_t batch() const { return batch_; }
  size_t ring() const { return ring_; }  // number of different messages
  size_t payload_size() const { return payload_size_; }
  size_t echo_size() const { return echo_size_; }

 private:
  const size_t payload_size_;
  const uint8_t opcode_;
  const size_t ring_;
  const size_t batch_;
  std::string frames_;
  std::string echoes_;
  size_t frame_size_ = 0;
  size_t echo_size_ = 0;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_TRAFFIC_H_
